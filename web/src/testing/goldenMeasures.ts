/** The measures that Python has written, with the landmarks and the pose that they belong to. */

import { readFileSync } from "node:fs";

const FOLDER = new URL("../../../tests/golden/", import.meta.url);

interface Stored {
  readonly picture: string;
  readonly lengths: Readonly<Record<string, number>>;
  /** Of the network, in the order of its names. */
  readonly values: readonly number[];
  readonly movements: Readonly<Record<string, number>>;
}

export interface GoldenMeasures extends Stored {
  readonly landmarksPx: Float32Array;
  /** Column-major. */
  readonly pose: Float32Array;
}

export function goldenMeasures(): GoldenMeasures[] {
  return (read("measures/faces.json") as Stored[]).map((stored) => {
    const [{ landmarks_px, pose }] = (read(`${stored.picture}.json`) as { faces: { landmarks_px: number[][]; pose: number[][] }[] }).faces;
    const columns = pose.map((_, column) => pose.map((row) => row[column]));
    return { ...stored, landmarksPx: Float32Array.from(landmarks_px.flat()), pose: Float32Array.from(columns.flat()) };
  });
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, FOLDER), "utf8"));
}
