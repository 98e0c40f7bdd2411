import { describe, expect, it, vi } from "vitest";

import { LANDMARK_COUNT } from "../canonical";
import type { GreyPicture, Picture } from "../image/picture";
import { centroid, landmark } from "../maths/geometry";
import { frontalFace } from "../testing/faces";
import type { Face } from "../types";
import { FEATURES } from "./find";
import { PERSONAL_SCHEMA, PersonalHead } from "../personal/head";
import type { MeshFit } from "./mesh";
import { Pipeline, type PipelineOptions } from "./pipeline";

const SIZE = { widthPx: 640, heightPx: 480 };
const PICTURE: Picture = { data: new Uint8Array(4 * SIZE.widthPx * SIZE.heightPx).fill(120), ...SIZE };
const FACE = frontalFace({ ...SIZE, distanceCm: 50 });
const HAPPY = { ferplus: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0), fer2013: Float32Array.of(0, 0, 0, 1, 0, 0, 0) };
const FEATURES_SEEN = Float32Array.of(1, 0);
/** It knows that face, or one that has other features. */
const head = (centre: number[]) => new PersonalHead({ ...HEAD, rejection: { centres: [centre, centre], radii: [0.5, 0.5] } });
const HEAD = { schema: PERSONAL_SCHEMA, model: { name: "emoar-s", sha256: "0".repeat(64) }, labels: ["winks", "frowns"], weights: [[5, 0], [0, 5]], bias: [0, 0] };

/** A pipeline over stages that find one face, and a clock that each of them moves. */
function made(options: Partial<PipelineOptions> = {}) {
  let ms = 0;
  const state = { landmarksPx: FACE.landmarksPx, presence: 1 };
  const found = [{ box: FACE.boxXyxyPx, keypoints: FEATURES.map((group) => centroid(group.map((i) => landmark(FACE.landmarksPx, i)))), score: 0.9 }];
  const detect = async () => ((ms += 10), state.presence > 0.5 ? found : []);
  const fit = async (): Promise<MeshFit> => ((ms += 5), { ...state });
  const classify = vi.fn(async () => ((ms += 3), { ...HAPPY, features: FEATURES_SEEN }));
  const stages = { detector: { detect, detectSmall: detect }, mesh: { fit }, classifier: { classify, classifyAgain: classify } };
  const pipeline = new Pipeline(stages, { mode: "live", maxFaces: 4, classifyEveryS: 0.1, ...options }, () => ms);
  const run = (timeS: number) => pipeline.run({ picture: PICTURE, timeS, index: 0 });
  return { pipeline, run, classify, state };
}

/** The one face of a picture that is not too dark. */
async function bright(pipeline: Pipeline, timeS: number): Promise<Face> {
  const data = PICTURE.data.map((_, i) => (i * i) % 251);
  return (await pipeline.run({ picture: { ...PICTURE, data }, timeS, index: 0 })).faces[0];
}

describe("Pipeline", () => {
  it("gives each face its track, pose, quality and expression", async () => {
    const { run } = made();
    const scene = await run(0);
    expect(scene).toMatchObject({ ...SIZE, timeS: 0, frameIndex: 0 });
    const [face] = scene.faces;
    expect(face.trackId).toBe(1);
    expect(face.landmarksPx).toHaveLength(3 * LANDMARK_COUNT);
    expect(face.pose[14]).toBeCloseTo(-50, 0);
    expect(face.quality.reasons).toEqual(["too_dark"]); // the picture is one grey
    expect(face.expression).toMatchObject({ label: "unsure", confidence: 1, sinceS: 0 });
  });

  it("times the stages", async () => {
    const { run } = made();
    const { timingsMs } = await run(0);
    expect(timingsMs).toMatchObject({ detect: 10, track: 0, pose: 0, classify: 3, smooth: 0 });
    expect(timingsMs.total).toBe(timingsMs.detect! + timingsMs.mesh! + timingsMs.classify!);
    const second = await run(0.03);
    expect(second.timingsMs).toMatchObject({ detect: 0, mesh: 5, classify: 0, total: 5 });
  });

  it("classifies a face again when its expression is too old, or its track is new", async () => {
    const { run, classify, state } = made();
    for (const timeS of [0, 0.05]) await run(timeS);
    expect(classify).toHaveBeenCalledTimes(1);
    await run(0.1);
    expect(classify).toHaveBeenCalledTimes(2);
    state.presence = 0;
    expect((await run(0.12)).faces).toEqual([]);
    state.presence = 1;
    expect((await run(0.14)).faces[0].trackId).toBe(1);
    expect(classify).toHaveBeenCalledTimes(3);
  });

  it("classifies a face that stays five times a second, and at the full rate while features are asked for", async () => {
    const { pipeline, classify } = made({ classifyEveryS: 0.05 });
    const frames = async (fromS: number) => {
      const before = classify.mock.calls.length;
      for (let i = 0; i < 30; i++) await bright(pipeline, fromS + i / 30);
      return classify.mock.calls.length - before;
    };
    expect(await frames(0)).toBe(6); // the second one makes it steady
    pipeline.configure({ features: true });
    expect(await frames(1)).toBe(15);
  });

  it("gives raw probabilities in the frames in which the face is classified", async () => {
    const { pipeline } = made();
    const faces = [await bright(pipeline, 0), await bright(pipeline, 0.05), await bright(pipeline, 0.1)];
    expect(faces.map(({ quality }) => quality.usable)).toEqual([true, true, true]);
    expect(faces.map(({ expression }) => expression.rawProbabilities)).toEqual([HAPPY, undefined, HAPPY]);
  });

  it("gives features where they are asked for, in the frames in which the face is classified", async () => {
    const { pipeline } = made();
    expect(await bright(pipeline, 0)).not.toHaveProperty("features");
    pipeline.configure({ features: true });
    const faces = [await bright(pipeline, 0.1), await bright(pipeline, 0.15), await bright(pipeline, 0.2)];
    expect(faces.map(({ features }) => features)).toEqual([FEATURES_SEEN, undefined, FEATURES_SEEN]);
  });

  it("gives the label of a personal head, held between classifications, while that head is used", async () => {
    const { pipeline } = made();
    expect(await bright(pipeline, 0)).not.toHaveProperty("personal");
    pipeline.usePersonal(head([1, 0]));
    const faces = [await bright(pipeline, 0.1), await bright(pipeline, 0.15)];
    expect(faces.map(({ personal }) => personal)).toEqual(Array(2).fill({ label: "winks", confidence: expect.closeTo(0.99, 1), sinceS: 0.1 }));
    expect(faces[1].expression.label).toBe("happiness"); // beside it
    pipeline.usePersonal(undefined);
    expect(await bright(pipeline, 0.2)).not.toHaveProperty("personal");
  });

  it("gives no personal label to a face that is none of them, nor to one that is not usable", async () => {
    const { pipeline, run } = made();
    pipeline.usePersonal(head([0, 9]));
    expect(await bright(pipeline, 0)).not.toHaveProperty("personal");
    pipeline.usePersonal(head([1, 0]));
    expect((await run(0.1)).faces[0]).not.toHaveProperty("personal"); // too dark
  });

  it("begins a new source at an earlier time", async () => {
    const { run, classify } = made();
    for (const timeS of [5, 5.03]) await run(timeS);
    const [face] = (await run(0)).faces;
    expect(face).toMatchObject({ trackId: 1, expression: { sinceS: 0 } });
    expect(classify).toHaveBeenCalledTimes(2);
  });

  it("classifies every face again with another model", async () => {
    const { pipeline, run } = made();
    await run(0);
    const classify = vi.fn(async () => ({ ...HAPPY, features: FEATURES_SEEN }));
    pipeline.useClassifier({ classify, classifyAgain: classify });
    await run(0.01);
    expect(classify).toHaveBeenCalledTimes(1);
  });

  it.each([
    { share: 0.88, expected: [2, 1, 2, 1], what: "ten times a second at most" },
    { share: 0.9, expected: [1, 1, 1, 1], what: "never of a face that is sure" },
  ])("classifies again where the decision takes a second prediction, $what", async ({ share, expected }) => {
    const { pipeline } = made();
    const crops: Uint8Array[] = [];
    const again: Uint8Array[] = [];
    const ferplus = Float32Array.from({ length: 8 }, (_, i) => (i === 1 ? share + 1e-6 : (1 - share) / 7));
    const classify = async ({ data }: GreyPicture) => (crops.push(data), { ...HAPPY, ferplus, features: FEATURES_SEEN });
    const rule = { shares: Array<number>(8).fill(1 / 8), tau: 0, balance: 0, confidence: [0, 1, 0], second: "mirror", unsure_below: 0.5 } as const;
    const classifyAgain = async (crop: GreyPicture) => (again.push(crop.data), classify(crop));
    pipeline.useClassifier({ classify, classifyAgain, decision: { ferplus: rule } });
    pipeline.configure({ classifyEveryS: 0 });
    const counts: number[] = [];
    for (let frame = 0; frame < 4; frame++) {
      crops.length = 0;
      await bright(pipeline, frame * 0.05);
      counts.push(crops.length);
      if (crops.length > 1) expect(crops[1]).toBe(again.at(-1));
    }
    expect(counts).toEqual(expected);
  });

  it("keeps nothing from one photo to the next", async () => {
    const { run, classify } = made({ mode: "photo" });
    expect((await run(0)).faces[0].trackId).toBe(1);
    expect((await run(0)).faces[0].trackId).toBe(1);
    expect(classify).toHaveBeenCalledTimes(2);
  });
});
