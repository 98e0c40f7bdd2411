import { describe, expect, it } from "vitest";

import { outcomeOf } from "./server";

describe("outcomeOf", () => {
  it("is received once, however often it arrives", () => {
    expect(outcomeOf(202, { received: 4 })).toEqual({ kind: "received", received: 4 });
    expect(outcomeOf(409, { type: "urn:emoar:problem:already-received" }).kind).toBe("received");
  });

  it.each([0, 408, 429, 500, 502, 503])("may be sent again after status %i", (status) => {
    expect(outcomeOf(status, { detail: "busy" })).toEqual({ kind: "again" });
    expect(outcomeOf(status, undefined)).toEqual({ kind: "again" });
  });

  it("is refused with the server's reason", () => {
    expect(outcomeOf(409, { type: "urn:emoar:problem:round-closed", detail: "closed" })).toEqual({ kind: "refused", reason: "closed" });
    expect(outcomeOf(422, undefined)).toEqual({ kind: "refused", reason: "422" });
    expect(outcomeOf(202, undefined)).toEqual({ kind: "again" });
  });
});
