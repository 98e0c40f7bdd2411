import { describe, expect, it } from "vitest";

import { nameOf } from "./names";

describe("nameOf", () => {
  it("is the number of the label until there is a name", () => {
    expect(nameOf(2, new Map())).toBe("Face 2");
    expect(nameOf(2, new Map([[2, "Ada"]]))).toBe("Ada");
  });
});
