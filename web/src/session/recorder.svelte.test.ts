import { beforeEach, describe, expect, it, vi } from "vitest";

import { frontalFace, sceneOf } from "../testing/faces";
import type { Scene } from "../types";
import { SessionRecorder } from "./recorder.svelte";

/** A tab's storage with room for that many characters. */
class TestStorage {
  [key: string]: unknown;
  #room: number;
  constructor(room = 1e9) {
    this.#room = room;
  }
  getItem(key: string): string | null {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string): void {
    const used = Object.entries(this).reduce((sum, [name, text]) => sum + (name === key ? 0 : String(text).length), 0);
    if (used + value.length > this.#room) throw new DOMException("full", "QuotaExceededError");
    this[key] = value;
  }
  removeItem(key: string): void {
    Reflect.deleteProperty(this, key);
  }
}

const storageOf = (room?: number): Storage => new TestStorage(room) as unknown as Storage;
const nowS = (): number => performance.now() / 1000;
const happy = (timeS: number, trackId = 1) => sceneOf([frontalFace({ trackId, label: "happiness", confidence: 0.8 })], timeS);

/** The same in a frame in which the face was classified. */
function classified(timeS: number): Scene {
  const scene = happy(timeS);
  const [face] = scene.faces;
  const rawProbabilities = { ...face.expression, ferplus: Float32Array.of(0.25, 0.75, 0, 0, 0, 0, 0, 0) };
  return { ...scene, faces: [{ ...face, expression: { ...face.expression, rawProbabilities } }] };
}

/** A session of that many seconds with one person, who is classified in every second frame. */
function recorded(storage: Storage | undefined, seconds: number): SessionRecorder {
  const recorder = new SessionRecorder(storage);
  recorder.prepare();
  recorder.begin(new Map([[1, [0.9, 0.1, 0, 0, 0, 0, 0, 0]]]));
  const startS = nowS();
  for (let i = 1; i <= 10 * seconds; i++) recorder.see(i % 2 ? classified(startS + i / 10) : happy(startS + i / 10));
  return recorder;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  return () => vi.useRealTimers();
});

describe("SessionRecorder", () => {
  it("records while it runs, stops with the camera, and goes on with the same person", () => {
    const recorder = recorded(storageOf(), 2);
    recorder.stop();
    expect([recorder.phase, recorder.samples.length]).toEqual(["stopped", 20]);
    const endS = recorder.durationS;
    recorder.see(happy(nowS() + 3));
    expect(recorder.samples).toHaveLength(20);
    recorder.cameraStarted();
    recorder.goOn();
    recorder.see(happy(nowS() + 6, 1));
    recorder.end();
    const last = recorder.samples[20];
    expect(last.timeS).toBeGreaterThan(endS + 3);
    expect([last.trackId, recorder.people.get(last.trackId)]).toEqual([2, 1]);
  });

  it("has raw probabilities at every rate of frames, of each classification once", () => {
    const recorder = new SessionRecorder(undefined);
    recorder.begin(new Map());
    const startS = nowS();
    for (let i = 0; i < 60; i++) recorder.see(i % 6 === 1 ? classified(startS + i / 30) : happy(startS + i / 30));
    recorder.end();
    expect(recorder.samples.map(({ rawShares }) => rawShares?.[1])).toEqual(Array.from({ length: 20 }, (_, i) => (i % 2 ? 0.75 : undefined)));
  });

  it("comes back after a reload, with markers, names and the face at rest", () => {
    const storage = storageOf();
    const before = recorded(storage, 12);
    before.mark("question 2");
    before.rename(1, " Ada ");
    before.stop();
    const after = new SessionRecorder(storage);
    expect([after.phase, after.samples.length, after.unsaved]).toEqual(["stopped", 120, true]);
    expect(after.samples[3]).toMatchObject({ label: "happiness", confidence: 0.8, trackId: 1, usable: true });
    expect(after.samples.map(({ rawShares }) => rawShares)).toEqual(before.samples.map(({ rawShares }) => rawShares));
    expect(after.samples.slice(0, 2).map(({ rawShares }) => rawShares?.[1])).toEqual([0.75, undefined]);
    expect(after.samples[3].timeS).toBeCloseTo(before.samples[3].timeS, 2);
    expect(after.session).toMatchObject({ began: before.began, markers: before.markers, neutral: before.neutral, people: before.people });
    expect(after.names.get(1)).toBe("Ada");
  });

  it("keeps what was recorded every few seconds, also when nobody stops it", () => {
    const storage = storageOf();
    recorded(storage, 7);
    vi.advanceTimersByTime(1000);
    expect(new SessionRecorder(storage).samples.length).toBe(70);
  });

  it("is gone when it is deleted, here and in the tab", () => {
    const storage = storageOf();
    const recorder = recorded(storage, 1);
    recorder.end();
    recorder.remove();
    expect([recorder.phase, recorder.samples.length, recorder.unsaved]).toEqual(["ready", 0, false]);
    expect(new SessionRecorder(storage).phase).toBe("ready");
    expect(Object.keys(storage)).toEqual([]);
  });

  it.each([["a tab without storage", undefined], ["a full one", storageOf(400)]])("still works in %s, and reports it", (_, storage) => {
    const recorder = recorded(storage, 5);
    recorder.end();
    expect([recorder.samples.length, recorder.kept, recorder.unsaved]).toEqual([50, false, true]);
  });

  it.each(["{", '{"began": 1}', "3"])("ignores what is damaged: %s", (text) => {
    const storage = storageOf();
    storage.setItem("emoar.session", text);
    expect(new SessionRecorder(storage).phase).toBe("ready");
  });

  it("is saved until something changes", () => {
    const recorder = recorded(storageOf(), 1);
    recorder.end();
    recorder.wasSaved();
    expect(recorder.unsaved).toBe(false);
    recorder.rename(1, "Ada");
    expect(recorder.unsaved).toBe(true);
  });

  it("joins persons under the smaller number, with the name that one of them has, and separates them again", () => {
    const recorder = new SessionRecorder(undefined);
    recorder.begin(new Map());
    recorder.see(sceneOf([frontalFace({ trackId: 1, xPx: 100 }), frontalFace({ trackId: 2, xPx: 500 })], nowS() + 1));
    recorder.end();
    recorder.rename(2, "Bo");
    recorder.join(2, 1);
    expect([[...recorder.people.values()], [...recorder.names]]).toEqual([[1, 1], [[1, "Bo"]]]);
    recorder.separate(1);
    expect([...recorder.people.values()]).toEqual([1, 2]);
  });
});
