import { describe, expect, test, vi } from "vitest";

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

describe("the second prediction", () => {
  /** Sessions by the model's name; each notes its inputs and answers with its own number. */
  function opened(...names: string[]) {
    const sessions = Object.fromEntries(
      names.map((name, i) => {
        const input = new Float32Array(48 * 48);
        const seen: number[][] = [];
        const run = async () => (seen.push([input[0], input[47]]), { ferplus: new Float32Array(8).fill(i), fer2013: new Float32Array(7), features: new Float32Array(3) });
        return [name, { input, run, seen, close: vi.fn() }];
      }),
    );
    return { sessions, open: async (name: string) => sessions[name] };
  }
  const crop = { data: new Uint8Array(48 * 48), widthPx: 48, heightPx: 48 };
  crop.data[0] = 100;
  const rule = { shares: Array<number>(8).fill(1 / 8), tau: 0, balance: 0, confidence: [0, 1, 0], unsure_below: 0.5 } as const;

  test("is that of the same network on the mirror image", async () => {
    const { sessions, open } = opened("emoar-s");
    const classifier = await ExpressionClassifier.load({ open }, "emoar-s", { ferplus: { ...rule, second: "mirror" } });
    await classifier.classifyAgain(crop);
    expect(sessions["emoar-s"].seen).toEqual([[0, 100]]);
  });

  test("or that of another network on the crop", async () => {
    const { sessions, open } = opened("emoar-m", "emoar-s");
    const classifier = await ExpressionClassifier.load({ open }, "emoar-m", { ferplus: { ...rule, second: "emoar-s" } });
    expect((await classifier.classify(crop)).ferplus[0]).toBe(0);
    expect((await classifier.classifyAgain(crop)).ferplus[0]).toBe(1);
    expect([sessions["emoar-m"].seen, sessions["emoar-s"].seen]).toEqual([[[100, 0]], [[100, 0]]]);
    classifier.close();
    for (const { close } of Object.values(sessions)) expect(close).toHaveBeenCalledOnce();
  });
});
