/** A perception that finds a made-up face in every frame: for screens on a machine without models. */

import { FERPLUS } from "../labels";
import type { Perception, Scene } from "../types";
import { frontalFace, sceneOf } from "./faces";

const LABEL_EVERY_S = 4;

export function createFakePerception(): Perception {
  const listeners = new Set<(scene: Scene) => void>();
  const find = (widthPx: number, heightPx: number, timeS: number): Scene => {
    const turn = Math.floor(timeS / LABEL_EVERY_S);
    const face = frontalFace({
      widthPx,
      heightPx,
      xPx: widthPx * (0.5 + 0.1 * Math.sin(timeS)),
      yPx: heightPx * 0.52,
      yawDeg: 20 * Math.sin(0.7 * timeS),
      distanceCm: 55,
      label: FERPLUS[turn % FERPLUS.length],
      confidence: 0.7 + 0.2 * Math.sin(timeS),
      sinceS: turn * LABEL_EVERY_S,
    });
    return sceneOf([face], timeS, widthPx, heightPx);
  };
  return {
    load: async (progress) => progress(1),
    submit: (frame, timeS) => {
      const scene = find(frame.width, frame.height, timeS);
      frame.close();
      setTimeout(() => listeners.forEach((listener) => listener(scene)), 30);
    },
    onScene: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    photo: async (picture) => find(picture.width, picture.height, 1),
    configure: () => undefined,
    reset: () => undefined,
    close: () => listeners.clear(),
  };
}
