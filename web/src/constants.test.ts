import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { LANDMARK_COUNT } from "./canonical";
import * as faceLandmarks from "./faceLandmarks";
import { COLOURS_RGB, LABEL_SETS } from "./labels";
import * as faceState from "./overlay/face/faceState";
import * as inside from "./overlay/face/inside";
import * as occluder from "./overlay/face/occluder";
import * as poseFilter from "./overlay/face/poseFilter";
import * as arrange from "./overlay/layers/arrange";
import * as motion from "./overlay/layers/motion";
import * as object from "./overlay/layers/object";
import * as sticker from "./overlay/layers/sticker";
import * as faceViews from "./overlay/stage/faceViews";
import * as lights from "./overlay/stage/lights";
import * as align from "./perception/align";
import * as anchors from "./perception/anchors";
import * as association from "./perception/association";
import * as detect from "./perception/detect";
import * as find from "./perception/find";
import * as mesh from "./perception/mesh";
import * as oneEuro from "./perception/oneEuro";
import * as pipeline from "./perception/pipeline";
import * as pose from "./perception/pose";
import * as quality from "./perception/quality";
import * as smooth from "./perception/smooth";
import * as tiles from "./perception/tiles";
import * as track from "./perception/track";
import { DEFAULT_OPTIONS } from "./perceptionClient";

type Values = Readonly<Record<string, unknown>>;

interface Constants {
  readonly perception: Readonly<Record<string, Values>>;
  readonly overlay: Readonly<Record<string, Values>>;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  /** By label, as "#rrggbb". */
  readonly colours: Readonly<Record<string, string>>;
}

/** What Python has written (scripts/write_golden.py). */
const PYTHON = JSON.parse(readFileSync(new URL("../../tests/golden/constants.json", import.meta.url), "utf8")) as Constants;

/** Constants that Python's modules import from each other. */
const SHARED: Values = { ...faceLandmarks, LANDMARK_COUNT };

/** This app's constants and default options, by Python's module. */
const APP: Readonly<Record<string, Values>> = {
  align: { ...align },
  anchors: { ...anchors },
  association: { ...association },
  detect: { ...detect },
  face_landmarks: { ...faceLandmarks },
  face_state: { ...faceState, ...faceViews },
  find: { ...find, ...find.FINDER },
  hiding: { ...sticker },
  light: { ...lights },
  mesh: { ...mesh },
  motion: { ...motion },
  object: { ...object, ...inside },
  occluder: { ...occluder },
  one_euro: oneEuro.ONE_EURO as unknown as Values,
  pipeline: { ...pipeline, ...DEFAULT_OPTIONS },
  pose: { ...pose },
  pose_filter: { ...poseFilter, ...poseFilter.POSE_FILTER },
  quality: quality.QUALITY as unknown as Values,
  smooth: { ...smooth, ...smooth.SMOOTHER },
  sticker: { ...arrange },
  tiles: { ...tiles },
  track: { ...track, ...track.TRACKER },
};

/** "module.NAME": the browser differs on purpose, or has no such constant. */
const DIFFERENT: ReadonlySet<string> = new Set([
  "pose.STEPS_FIRST", // the browser starts less accurately, and stops when it has converged
  "pose.START_EXTENT", // of another closed form, which fails on small faces; the browser's has no such limit
  "pose.CONVERGED", // for the same reason, and in centimetres
  "occluder.BEHIND_CM", // WebGL shifts what it writes to the depth buffer instead
  "face_landmarks.DLIB_68", // of the topics of robots, which the browser does not publish
]);

/** `OneEuroOptions.minimum_cutoff_hz`, `minimumCutoffHz` and `MINIMUM_CUTOFF_HZ` are all `MINIMUM_CUTOFF_HZ`. */
function constantName(name: string): string {
  const last = name.split(".").at(-1)!;
  return last === last.toUpperCase() ? last : last.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toUpperCase();
}

function byConstantName(values: Values): Map<string, unknown> {
  const constants = Object.entries(values).filter(([, value]) => typeof value !== "function");
  return new Map(constants.map(([name, value]) => [constantName(name), value]));
}

/** Compares numbers up to rounding, since they may be computed in two ways; compares everything else exactly. */
function expectEqual(value: unknown, expected: unknown, name: string): void {
  if (Array.isArray(expected)) {
    expect(value, name).toHaveLength(expected.length);
    expected.forEach((one, i) => expectEqual((value as unknown[])[i], one, `${name}[${i}]`));
  } else if (typeof expected === "number") {
    expect(Math.abs((value as number) - expected), name).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
  } else {
    expect(value, name).toEqual(expected);
  }
}

describe("the constants of Python", () => {
  const numbers = Object.entries({ ...PYTHON.perception, ...PYTHON.overlay }).flatMap(([module, values]) =>
    Object.entries(values).map(([name, value]) => [`${module}.${constantName(name)}`, value] as const),
  );

  it.each(numbers.filter(([name]) => !DIFFERENT.has(name)))("%s is the app's", (name, value) => {
    const [module, constant] = name.split(".");
    const app = byConstantName({ ...SHARED, ...APP[module] });
    expect(APP, `${module} of this app`).toHaveProperty(module);
    expect([...app.keys()], `${module} of this app`).toContain(constant);
    expectEqual(app.get(constant), value, name);
  });

  it("are more than a few", () => {
    expect(numbers.length).toBeGreaterThan(25);
  });

  it("name the same label sets, in the same order", () => {
    for (const [name, set] of Object.entries(LABEL_SETS)) expect(PYTHON.labels[name], name).toEqual(set.labels);
  });

  it("give labels the same colours", () => {
    const hex = (rgb: readonly number[]) => `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    expect(Object.fromEntries(Object.entries(COLOURS_RGB).map(([label, rgb]) => [label, hex(rgb)]))).toEqual(PYTHON.colours);
  });
});
