import { describe, expect, it } from "vitest";

import { actionOf, type KeyPress, SHORTCUTS } from "./shortcuts";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: "",
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  repeat: false,
  isComposing: false,
  defaultPrevented: false,
  ...more,
});

/** An element that only its tag name selects. */
const focused = (tag: string) => ({ closest: (selector: string) => (selector.split(/[ ,:[\]]+/).includes(tag) ? {} : null) }) as unknown as Element;

describe("actionOf", () => {
  it("knows each key, in capitals too", () => {
    for (const { key, action } of SHORTCUTS) {
      expect(actionOf(press(key), null)).toBe(action);
      expect(actionOf(press(key.toUpperCase()), null)).toBe(action);
    }
    expect(actionOf(press("x"), null)).toBeUndefined();
    expect(actionOf(press("Escape"), null)).toBeUndefined();
  });

  it.each([
    ["German", "m", "KeyM", "mirror"],
    ["French: M is where others have a semicolon", "m", "Semicolon", "mirror"],
    ["French: a comma is where others have M", ",", "KeyM", undefined],
    ["Dvorak", "o", "KeyS", "overlays"],
    ["Russian", "\u044c", "KeyM", "mirror"],
    ["Greek", "\u03bc", "KeyM", "mirror"],
    ["Arabic", "\u061f", "Slash", "help"],
  ])("%s keyboards", (_, key, code, action) => {
    expect(actionOf(press(key, { code }), null)).toBe(action);
  });

  it.each(["ctrlKey", "altKey", "metaKey", "repeat", "isComposing", "defaultPrevented"] as const)("leaves keys with %s alone", (name) => {
    expect(actionOf(press("m", { [name]: true }), null)).toBeUndefined();
  });

  it("leaves letters to what is typed in, and the space bar to what it presses", () => {
    for (const tag of ["input", "select", "textarea"]) expect(actionOf(press("m"), focused(tag)), tag).toBeUndefined();
    for (const tag of ["button", "select", "video", "summary"]) expect(actionOf(press(" "), focused(tag)), tag).toBeUndefined();
    expect(actionOf(press("m"), focused("button"))).toBe("mirror");
    expect(actionOf(press(" "), focused("main"))).toBe("pause");
  });
});
