import { describe, expect, it } from "vitest";

import { SESSION as session } from "../testing/session";
import { toCsv, toJson } from "./export";

describe("toCsv", () => {
  it("writes one row a sample, with the segment it lies in", () => {
    const lines = toCsv(session, "start").trim().split("\r\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe("time_s,segment,face,name,label,confidence,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,raw_neutral,raw_happiness,raw_surprise,raw_sadness,raw_anger,raw_disgust,raw_fear,raw_contempt");
    expect(lines[3]).toBe(`2.000,question 2,1,,happiness,0.8000,0.1000,0.9000${",0.0000".repeat(7)},1.0000${",0.0000".repeat(6)}`);
    expect(lines[4].endsWith(",0.0000,,,,,,,,")).toBe(true); // not classified: no raw values
  });

  it("writes the number and the name of the person, also in a later track", () => {
    const later = { ...session.samples[2], trackId: 2 };
    const named = { ...session, samples: [session.samples[0], later], people: new Map([[1, 1], [2, 1]]), names: new Map([[1, "Ada"]]) };
    expect(toCsv(named, "start").trim().split("\r\n").slice(1).map((line) => line.split(",").slice(2, 5))).toEqual([["1", "Ada", "neutral"], ["1", "Ada", "happiness"]]);
  });

  it("quotes names, and disarms formulas", () => {
    const odd = { ...session, markers: [{ timeS: 0, name: '=1+1, "so"' }] };
    expect(toCsv(odd, "start").split("\r\n")[1]).toContain(`"'=1+1, ""so"""`);
  });
});

describe("toJson", () => {
  it("writes what `emoar report` reads: tests/analysis/test_read_browser.py", async () => {
    const later = session.samples.map((sample) => ({ ...sample, trackId: 2, timeS: sample.timeS + 0.5 }));
    const two = { ...session, samples: [...session.samples, ...later], people: new Map([[1, 1], [2, 2]]), names: new Map([[2, "Ada"]]) };
    await expect(toJson(two, "start")).toMatchFileSnapshot("../../../tests/analysis/browser_session.json");
  });

  it("has raw probabilities where the face was classified since the sample before", () => {
    const { samples } = JSON.parse(toJson(session, "start")) as { samples: { raw_probabilities?: { ferplus: Record<string, number> } }[] };
    expect(samples.map(({ raw_probabilities }) => raw_probabilities?.ferplus["happiness"])).toEqual([0.2, undefined, 1, undefined]);
  });

  it("can be read back", () => {
    const read = JSON.parse(toJson(session, "start")) as { schema: string; segments: { name: string }[]; samples: unknown[]; faces: unknown[] };
    expect(read.schema).toBe("emoar.session/1");
    expect(read.segments.map(({ name }) => name)).toEqual(["start", "question 2"]);
    expect(read.samples).toHaveLength(4);
    expect(read.faces).toEqual([{ face: 1, name: null, tracks: [1] }]);
  });
});
