import { afterEach, describe, expect, it, vi } from "vitest";

/** The module as it is on that origin, with what the app gives the page. */
async function loaded(origin: string, app?: object) {
  vi.resetModules();
  vi.stubGlobal("location", { origin });
  vi.stubGlobal("EmoARShell", app);
  vi.stubGlobal("emoarBack", undefined);
  vi.stubGlobal("FileReader", FakeReader);
  return import("./shell");
}

/** Node has no FileReader. */
class FakeReader {
  result = "";
  onload = (): void => undefined;

  readAsDataURL(blob: Blob): void {
    void blob.arrayBuffer().then((bytes) => {
      this.result = `data:;base64,${Buffer.from(bytes).toString("base64")}`;
      this.onload();
    });
  }
}

const ORIGIN = "https://appassets.androidplatform.net";

/** The app's side: notes what it is given; `room` in calls of `write`. */
function phone(room = Infinity) {
  const calls: unknown[][] = [];
  const note = (name: string, answer: boolean) => (...given: unknown[]) => (calls.push([name, ...given]), answer);
  return {
    calls,
    begin: note("begin", room >= 0),
    write: (text: string) => (calls.push(["write", text]), room-- > 0),
    end: note("end", room > 0),
    live: note("live", true),
    openSettings: note("openSettings", true),
    cameraBlocked: () => true,
  };
}

afterEach(() => vi.unstubAllGlobals());

describe("in a browser", () => {
  it("leaves nothing out and calls nobody, whatever the page has", async () => {
    const app = phone();
    for (const origin of ["https://example.org", `${ORIGIN}.example`, "http://appassets.androidplatform.net", "null"]) {
      const shell = await loaded(origin, app);
      expect(shell.inShell).toBe(false);
      expect(Object.values(shell.features)).not.toContain(false);
      shell.setLive(true);
      expect(shell.cameraSettings()).toBeUndefined();
      expect(await shell.giveFile(new Blob(["x"]), "a.png", false)).toBe(false);
    }
    expect(app.calls).toEqual([]);
  });
});

describe("in the shell", () => {
  it("leaves out what only a browser has", async () => {
    const shell = await loaded(ORIGIN, phone());
    expect(shell.inShell).toBe(true);
    expect(Object.values(shell.features)).not.toContain(true);
  });

  it("gives a file in parts whose Base64 is that of the whole", async () => {
    const app = phone();
    const shell = await loaded(ORIGIN, app);
    const bytes = Uint8Array.from({ length: 2_000_000 }, (_, i) => i % 251);
    expect(await shell.giveFile(new Blob([bytes], { type: "video/mp4" }), "film.mp4", false)).toBe(true);
    expect(app.calls[0]).toEqual(["begin", "film.mp4", "video/mp4"]);
    expect(app.calls.at(-1)).toEqual(["end", false]);
    const parts = app.calls.filter(([name]) => name === "write").map(([, text]) => String(text));
    expect(parts.length).toBe(3);
    expect(Buffer.from(parts.join(""), "base64").equals(Buffer.from(bytes))).toBe(true);
  });

  it("stops where there is no room, and still ends, so that the app reports it", async () => {
    const app = phone(1);
    const shell = await loaded(ORIGIN, app);
    await shell.giveFile(new Blob([new Uint8Array(3_000_000)]), "a.bin", true);
    expect(app.calls.map(([name]) => name)).toEqual(["begin", "write", "write", "end"]);
    const refusing = phone(-1);
    const other = await loaded(ORIGIN, refusing);
    expect(await other.giveFile(new Blob(["x"]), "a.bin", true)).toBe(false);
    expect(refusing.calls.map(([name]) => name)).toEqual(["begin", "end"]);
  });

  it("reaches the phone's settings and keeps the screen on", async () => {
    const app = phone();
    const shell = await loaded(ORIGIN, app);
    shell.setLive(true);
    shell.cameraSettings()?.();
    expect(app.calls).toEqual([["live", true], ["openSettings"]]);
  });

  it("closes on back what was opened last, while it is there", async () => {
    const shell = await loaded(ORIGIN, phone());
    const back = () => (globalThis as unknown as { emoarBack: () => boolean }).emoarBack();
    const closed: string[] = [];
    let open = true;
    shell.closesOnBack(() => (closed.push("first"), true));
    const removes = shell.closesOnBack(() => (open ? (closed.push("second"), true) : false));
    expect(back()).toBe(true);
    open = false;
    expect(back()).toBe(true);
    open = true;
    removes();
    removes();
    expect(back()).toBe(true);
    expect(closed).toEqual(["second", "first", "first"]);
  });
});
