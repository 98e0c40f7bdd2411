import { describe, expect, it } from "vitest";

import { pageOptions } from "./query";

const shown = (address: string) => Object.entries(pageOptions(address).overlays).flatMap(([name, on]) => (on ? [name] : []));

describe("pageOptions", () => {
  it("shows labels and quotes of the server that the page came from", () => {
    const options = pageOptions("http://127.0.0.1:8000/overlay");
    expect(shown("http://127.0.0.1:8000/overlay")).toEqual(["label", "quote"]);
    expect(options).toMatchObject({ boxes: false, mirrored: false, source: undefined, key: undefined, language: undefined });
    expect(options.socketUrl).toBe("ws://127.0.0.1:8000/v1/events?scenes=1");
    expect(pageOptions("https://emoar.example/overlay").socketUrl).toBe("wss://emoar.example/v1/events?scenes=1");
  });

  it("has what the address asks for", () => {
    const address = "http://h/overlay?overlays=sticker, box&source=camera%200&mirrored&language=de&seed=3#key=a%2Bb";
    expect(shown(address)).toEqual(["sticker"]);
    expect(pageOptions(address)).toMatchObject({ boxes: true, source: "camera 0", mirrored: true, language: "de", seed: 3, key: "a+b" });
    expect(pageOptions(address).socketUrl).toBe("ws://h/v1/events?scenes=1&source=camera+0");
  });

  it.each(["hat", "facepaint", "label,none"])("refuses overlays=%s", (overlays) => {
    expect(() => pageOptions(`http://h/overlay?overlays=${overlays}`)).toThrow(/overlays has label, .*box; \w+ is none of them/);
  });
});
