import { expect, test, vi } from "vitest";

import { ExpressionClassifier } from "./classifier";

test("a classifier runs on the crop, and gives one vector for each label set, and the features", async () => {
  const session = {
    input: new Float32Array(48 * 48),
    run: async () => ({ fer2013: new Float32Array(7), ferplus: new Float32Array(8), features: new Float32Array(3), other: new Float32Array(1) }),
    close: vi.fn(),
  };
  const open = vi.fn(async () => session);
  const classifier = await ExpressionClassifier.load({ open }, "emoar-s");
  expect(open).toHaveBeenCalledWith("emoar-s", [1, 48, 48, 1], { ferplus: [1, 8], fer2013: [1, 7], features: null });
  const probabilities = await classifier.classify({ data: new Uint8Array(48 * 48).fill(200), widthPx: 48, heightPx: 48 });
  expect(session.input[100]).toBe(200);
  expect(Object.keys(probabilities)).toEqual(["ferplus", "fer2013", "features"]);
  classifier.close();
  expect(session.close).toHaveBeenCalledOnce();
});
