// @ts-nocheck: a build script, run by Node as it is
/** Worn objects: hats, horns, headphones, glasses. The origin is where `objects.toml` attaches it; +Z points out of the face. */

import * as THREE from "three";

import { along, around, ball, box, group, paint, part, ring, rod, thick, tube, turned } from "./shapes.mjs";

/** Sits on the skull: its origin is the middle of its rim. */
export function partyHat() {
  const stripes = [0xff4f9a, 0xffd23f, 0x3fc6ff, 0xff4f9a, 0x7be08a, 0xffd23f];
  const paints = stripes.map((colour) => paint(colour, { rough: 0.45, both: true }));
  const height = 17;
  const bands = stripes.map((_, i) => {
    const [low, high] = [i / stripes.length, (i + 1) / stripes.length];
    const geometry = tube(6.6 * (1 - low) + 0.15, 6.6 * (1 - high) + 0.15, height / stripes.length, 40, true);
    return part(geometry, paints[i], { at: [0, height * (low + high) * 0.5, 0] });
  });
  const [white, dot] = [paint(0xffffff, { rough: 0.7 }), ball(0.62, 12)];
  const dots = [2.5, 6.2, 9.6].flatMap((y, row) =>
    around(7 - 2 * row, 6.75 * (1 - y / height) + 0.1, (angle, x, z) =>
      part(dot, white, { at: [x, y, z], turn: [0, angle + 25 * row, 0], scale: [1, 1, 0.6] }),
    ),
  );
  const pompom = group(
    around(9, 1.1, (_, x, z, i) => part(ball(1.05, 12), paints[i % 5], { at: [x, i % 3 ? 0.5 : -0.5, z] })).concat(
      part(ball(1.2, 12), paints[1], { at: [0, 1, 0] }),
    ),
    { at: [0, height + 0.5, 0], name: "pompom", motion: { kind: "pulse", period_s: 1.2, amount: 0.22, with_strength: true } },
  );
  const frill = part(ring(6.6, 0.75, 360, 48), paint(0xffd23f, { rough: 0.6 }), { turn: [90, 0, 0] });
  const hat = group([...bands, ...dots, pompom, frill], {
    name: "hat",
    motion: { kind: "sway", period_s: 2.4, amount: 3, with_strength: true },
  });
  return group([hat], { turn: [-12, 0, -9] });
}

/** Sits on the skull, its origin in the middle of its brim. */
export function topHat() {
  const felt = paint(0x23242f, { rough: 0.5 });
  const silk = paint(0x9c1f3f, { rough: 0.35 });
  const crown = turned([[8.0, 0], [7.9, 7], [8.5, 13.4], [8.3, 14.2], [7.6, 14.6], [0, 14.6]], 48);
  const brim = turned([[7.2, 0.15], [11, -0.15], [13, 0.25], [14.1, 1.0], [14.3, 1.25], [14.1, 1.5], [13, 0.85], [11, 0.4], [7.2, 0.75]], 56);
  const parts = [
    part(crown, felt),
    part(brim, felt, { scale: [1, 1, 1.06] }),
    part(tube(8.15, 8.05, 2.6, 48, true), silk, { at: [0, 2, 0] }),
    part(box(1.4, 2.2, 0.5), paint(0xf0c75e, { rough: 0.3, metal: 0.6 }), { at: [5.7, 2, 5.8], turn: [0, 45, 0] }),
  ];
  return group([group(parts, { name: "hat", scale: [0.96, 0.8, 0.96] })], { turn: [-9, 0, 4] });
}

/** A crown that has slipped to one side. */
export function crown() {
  const gold = paint(0xf2b933, { rough: 0.28, metal: 0.55 });
  const shape = new THREE.Shape();
  shape.moveTo(-2.45, 0);
  shape.lineTo(2.45, 0);
  shape.lineTo(2.45, 2.6);
  shape.lineTo(0, 6.4);
  shape.lineTo(-2.45, 2.6);
  const tooth = thick(shape, 0.15, 0.16, 2);
  const jewels = [0xd6304f, 0x2f7de0, 0x35b26b].map((colour) => paint(colour, { rough: 0.15, glow: 0.15 }));
  const pearl = paint(0xfff1c9, { rough: 0.25 });
  const teeth = around(8, 6.6, (angle, x, z, i) =>
    group(
      [
        part(tooth, gold, { at: [0, 3.2, 0] }),
        part(ball(0.62, 14), pearl, { at: [0, 6.8, 0] }),
        part(ball(0.7, 14), jewels[i % 3], { at: [0, 2, 0.25], scale: [1, 1, 0.6] }),
      ],
      { at: [x, 0, z], turn: [0, angle, 0] },
    ),
  );
  const rim = part(ring(6.7, 0.5, 360, 56), gold, { turn: [90, 0, 0] });
  return group([group([...teeth, rim], { name: "crown", motion: { kind: "sway", period_s: 5, amount: 4, with_strength: true } })], {
    turn: [-8, 0, -16],
  });
}

/** A wreath of flowers round the head; its origin is the wreath's middle. */
export function flowerCrown() {
  const leaf = paint(0x4f9d4a, { rough: 0.7 });
  const petals = [0xff7eb0, 0xffb13d, 0xffffff, 0xb489ff].map((colour) => paint(colour, { rough: 0.6 }));
  const heart = paint(0xffd84a, { rough: 0.6 });
  const [petal, middle, blade] = [ball(0.95, 8, 6), ball(0.75, 8, 6), ball(1.0, 6, 6)];
  const flowers = around(13, 8.9, (angle, x, z, i) =>
    group(
      [
        ...around(6, 1.25, (a, px, py) =>
          part(petal, petals[i % 4], { at: [px, py, 0], turn: [0, 0, -a], scale: [0.8, 1.1, 0.4] }),
        ),
        part(middle, heart, { at: [0, 0, 0.3], scale: [1, 1, 0.6] }),
        part(blade, leaf, { at: [1.9, -0.8, -0.4], turn: [0, 20, -50], scale: [0.5, 1.7, 0.25] }),
        part(blade, leaf, { at: [-1.9, 0.9, -0.4], turn: [0, -20, -50], scale: [0.5, 1.7, 0.25] }),
      ],
      {
        at: [x, i % 2 ? 0.35 : -0.25, z],
        turn: [0, angle, 25 * i],
        scale: i % 3 ? 0.95 : 1.2,
        motion: { kind: "pulse", period_s: 2.2, amount: 0.1, phase: i / 13, with_strength: true },
      },
    ),
  );
  return group([group([part(ring(8.7, 0.35, 360, 56), leaf, { turn: [90, 0, 0] }), ...flowers], { name: "wreath" })], {
    turn: [-16, 0, 0],
  });
}

export function horns() {
  const red = paint(0xc2271d, { rough: 0.35 });
  const horn = (side) => {
    const pieces = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < 9; i++) {
      const lean = side * (34 - 9 * i);
      const radius = 2.1 * (1 - i / 9.6);
      pieces.push(part(ball(1, 16), red, { at: [x, y, -0.12 * i * i], scale: [radius, 0.9 * radius, radius] }));
      x += side * 1.35 * Math.sin(Math.abs((lean * Math.PI) / 180)) * Math.sign(34 - 9 * i);
      y += 1.35 * Math.cos((lean * Math.PI) / 180);
    }
    return group(pieces, { at: [side * 4.4, 0, 0], motion: { kind: "stretch", period_s: 0, amount: 0.45, with_strength: true } });
  };
  return group([horn(1), horn(-1)], { turn: [-14, 0, 0], name: "horns" });
}

/** Its origin is the bridge of the nose. */
export function glasses() {
  const frame = paint(0x2a2320, { rough: 0.25 });
  const glass = paint(0x9fd4ff, { rough: 0.05, opacity: 0.22 });
  const side = (s) => [
    part(ring(2.75, 0.26, 360, 44), frame, { at: [3.35 * s, -0.2, 0], turn: [0, 7 * s, 0] }),
    part(tube(2.7, 2.7, 0.08, 36), glass, { at: [3.35 * s, -0.2, 0], turn: [90, 0, -7 * s] }),
    part(along([[6.1 * s, 0.2, -0.3], [7.1 * s, 0.4, -0.9], [7.7 * s, 0.3, -4], [7.9 * s, -0.4, -9], [7.7 * s, -2.6, -11]], 0.24, 30), frame),
  ];
  const bridge = part(along([[-0.75, 0.3, 0], [0, 0.75, 0.25], [0.75, 0.3, 0]], 0.24, 14), frame);
  return group([...side(1), ...side(-1), bridge], { name: "glasses" });
}

/** Its origin is the middle between the ears. */
export function headphones() {
  const shell = paint(0x2f4858, { rough: 0.35 });
  const accent = paint(0xf3a65a, { rough: 0.4 });
  const pad = paint(0x15191d, { rough: 0.8 });
  const cup = (s) =>
    group(
      [
        part(tube(3.4, 3.1, 1.6), shell, { turn: [0, 0, -90 * s], at: [0.9 * s, 0, 0] }),
        part(ring(2.6, 0.85, 360, 32), pad, { turn: [0, 90, 0], at: [-0.2 * s, 0, 0] }),
        part(tube(2.0, 1.8, 0.4), accent, { turn: [0, 0, -90 * s], at: [1.85 * s, 0, 0] }),
      ],
      { at: [8.4 * s, 0, 0], motion: { kind: "pulse", period_s: 1.6, amount: 0.05, with_strength: false } },
    );
  const arch = [[-9.4, 1.5, 0], [-9.6, 6.5, -0.4], [-6.6, 12.6, -1], [0, 15.1, -1.3], [6.6, 12.6, -1], [9.6, 6.5, -0.4], [9.4, 1.5, 0]];
  const cushion = [[-4.6, 13.3, -1.1], [0, 14.6, -1.3], [4.6, 13.3, -1.1]];
  return group([part(along(arch, 0.62, 48), shell), part(along(cushion, 0.95, 20), accent), cup(1), cup(-1)], { name: "headphones" });
}

/** Its origin is the tip of the nose. */
export function clothesPeg() {
  const wood = paint(0xe2b06a, { rough: 0.7 });
  const steel = paint(0xaab4bd, { rough: 0.25, metal: 0.7 });
  const half = (s) => part(box(0.8, 6.2, 1.5, 0.3), wood, { at: [0.95 * s, -0.6, 0], turn: [0, 0, 9 * s] });
  return group([half(1), half(-1), part(ring(0.62, 0.24, 360, 24), steel, { at: [0, 0.2, 0.1] }), part(rod(0.14, 2.2), steel, { at: [0, 0.2, 0.8], turn: [0, 0, 90] })], {
    name: "peg",
    motion: { kind: "sway", period_s: 3, amount: 4, with_strength: true },
  });
}

/** Its origin is the middle of the eye. */
export function monocle() {
  const gold = paint(0xe7b64a, { rough: 0.22, metal: 0.6 });
  const chain = Array.from({ length: 11 }, (_, i) =>
    part(ball(0.19, 8), gold, { at: [2.4 + 0.34 * i, -1.4 - 0.9 * i + 0.03 * i * i, -0.22 * i] }),
  );
  return group(
    [part(ring(2.45, 0.27, 360, 40), gold), part(tube(2.35, 2.35, 0.08), paint(0xbfe3ff, { rough: 0.05, opacity: 0.25 }), { turn: [90, 0, 0] }), ...chain],
    { name: "monocle" },
  );
}

