// @ts-nocheck: a build script, run by Node as it is
/** Objects around the head: clouds, hearts, sparkles, steam, ghosts. Origins are the middle of the head unless stated. */

import { along, around, ball, group, heart, paint, part, ring, rod, star, tube, turned } from "./shapes.mjs";

const PUFF = ball(1, 14);

/** Rounded lumps that make a cloud; [x, y, z, radius]. */
function cloud(lumps, material) {
  return lumps.map(([x, y, z, r]) => part(PUFF, material, { at: [x, y, z], scale: [r, 0.86 * r, 0.92 * r] }));
}

/** Its origin is the middle of the cloud; rain falls 24 cm. The stronger the expression, the more drops. */
export function rainCloud() {
  const grey = paint(0x8d9aad, { rough: 0.9, glow: 0.28 });
  const light = paint(0xb5c0cf, { rough: 0.9, glow: 0.3 });
  const drop = turned([[0, -0.75], [0.36, -0.62], [0.5, -0.3], [0.42, 0.05], [0.2, 0.55], [0, 1.05]], 12);
  const water = paint(0x4aa8f2, { rough: 0.1, glow: 0.12, opacity: 0.88 });
  const places = [[-6, 2], [-3.6, -3], [-1.2, 3.4], [1.4, -1], [3.8, 2.6], [6.2, -2], [-4.8, 5], [2.6, 5.2], [0, -4.4], [5, 0.4], [-7, -1], [7.2, 3]];
  const rain = places.map(([x, z], i) =>
    part(drop, water, {
      at: [x, -2.2, z],
      name: `drop ${i}`,
      motion: { kind: "fall", period_s: 1.15, amount: 23, phase: (i * 0.618) % 1, from_strength: Math.max(0, (i - 4) / 9) },
    }),
  );
  const body = group(
    [
      ...cloud([[0, 1.2, 0, 4.6], [-4.6, 0, 0.6, 3.5], [4.7, 0.1, -0.3, 3.7], [-7.8, -0.9, 0, 2.3], [8.1, -0.8, 0.4, 2.4]], grey),
      ...cloud([[-1.9, 2.2, 1.6, 3.3], [2.4, 2.7, 1.2, 2.8], [-5.2, 1, 1.8, 2.3]], light),
    ],
    { name: "cloud", scale: [0.95, 0.8, 0.9], motion: { kind: "sway", period_s: 4, amount: 3, with_strength: false } },
  );
  return group([body, ...rain]);
}

export function hearts() {
  const shape = heart(3.4);
  const reds = [paint(0xff3f66, { rough: 0.25, glow: 0.15 }), paint(0xff7da3, { rough: 0.25, glow: 0.15 })];
  const ringOfHearts = around(7, 12.2, (angle, x, z, i) =>
    group(
      [
        part(shape, reds[i % 2], {
          scale: i % 3 ? 0.85 : 1.15,
          motion: { kind: "pulse", period_s: 1.1, amount: 0.2, phase: i / 7, with_strength: true },
        }),
      ],
      {
        at: [x, 6.5 + (i % 3) * 2.4, z],
        turn: [0, angle, 0],
        motion: { kind: "bob", period_s: 2.6, amount: 1.6, phase: i / 7, with_strength: true, from_strength: i < 4 ? 0 : 0.12 * i },
      },
    ),
  );
  return group([group(ringOfHearts, { name: "circle", motion: { kind: "spin", period_s: 9, with_strength: false } })]);
}

export function sparkles() {
  const shape = star(3.6, 4, 0.32);
  const golds = [0xffe27a, 0xffffff, 0xffc04a].map((colour) => paint(colour, { rough: 0.2, glow: 0.55 }));
  const ring_ = (count, radius, y, kind) =>
    around(count, radius, (angle, x, z, i) =>
      group(
        [part(shape, golds[i % 3], { scale: 0.6 + 0.25 * (i % 3), motion: { kind: "twinkle", period_s: 1.5, amount: 0.6, phase: (i * 0.618) % 1, with_strength: true } })],
        { at: [x, y + (i % 2 ? 1.8 : -1.4), z], turn: [0, angle, 0], motion: { kind: "bob", period_s: 2.1, amount: 1, phase: kind + i / count, from_strength: i % 2 ? 0.45 : 0 } },
      ),
    );
  return group([
    group(ring_(9, 12.6, 8.5, 0), { name: "wide circle", motion: { kind: "spin", period_s: 7 } }),
    group(ring_(6, 8.5, 16, 0.5), { name: "upper circle", motion: { kind: "spin", period_s: -5 } }),
  ]);
}

/** Its origin is the foot of the bulb. */
export function lightBulb() {
  const glass = paint(0xfff2a8, { rough: 0.08, glow: 0.5, opacity: 0.62 });
  const bulb = turned([[1.5, 0], [1.75, 1.2], [3.3, 3.6], [3.9, 5.8], [3.6, 7.7], [2.5, 9.2], [1.2, 9.9], [0, 10.1]], 36);
  const steel = paint(0x9aa4ad, { rough: 0.3, metal: 0.6 });
  const filament = along([[-0.6, 0.4, 0], [-1.3, 4.6, 0], [-0.6, 5.6, 0], [0, 4.6, 0], [0.6, 5.6, 0], [1.3, 4.6, 0], [0.6, 0.4, 0]], 0.16, 40);
  const screw = [-0.6, -1.5, -2.4].map((y) => part(ring(1.45, 0.36, 360, 28), steel, { at: [0, y, 0], turn: [90, 0, 0] }));
  const [ray, sun] = [rod(0.34, 2.2), paint(0xffc933, { glow: 0.6 })];
  const rays = Array.from({ length: 7 }, (_, i) => {
    const angle = ((i - 3) * 36 * Math.PI) / 180;
    return part(ray, sun, {
      at: [7 * Math.sin(angle), 5.6 + 7 * Math.cos(angle), 0],
      turn: [0, 0, -(i - 3) * 36],
      motion: { kind: "stretch", period_s: 1.6, amount: 0.9, phase: (i % 2) / 2, with_strength: true },
    });
  });
  return group([
    group([part(bulb, glass), part(filament, paint(0xff9d1f, { glow: 0.9 })), ...screw, part(tube(1.3, 1.35, 2.6), steel, { at: [0, -1.4, 0] }), part(ball(0.9, 14), paint(0x33383d), { at: [0, -3, 0] }), ...rays], {
      name: "bulb",
      motion: { kind: "bob", period_s: 2.2, amount: 1.1, with_strength: true },
    }),
  ]);
}

/** Puffs blown out of both ears; its origin is the middle between them. */
export function steam() {
  const white = paint(0xf4f7fa, { rough: 1, opacity: 0.72, glow: 0.45 });
  const puffs = (side) =>
    Array.from({ length: 7 }, (_, i) =>
      part(PUFF, white, {
        at: [side * 8.2, 0, 0],
        scale: 2.1,
        motion: { kind: "blow", period_s: 1.3, amount: 13, phase: i / 7, along: [side, 0.55, 0.05], with_strength: true, from_strength: i % 2 ? 0.4 : 0 },
      }),
    );
  return group([...puffs(1), ...puffs(-1)]);
}

export function stink() {
  const green = paint(0x8fbf3f, { rough: 0.9, opacity: 0.78 });
  const wisps = [-5, 0, 5].flatMap((x, line) =>
    Array.from({ length: 5 }, (_, i) =>
      part(PUFF, green, {
        at: [x, 0, -1],
        scale: 1.25,
        motion: { kind: "blow", period_s: 2.6, amount: 13, phase: (i / 5 + line / 3) % 1, along: [0.22 * (line - 1), 1, 0], sway: 1.6, with_strength: true },
      }),
    ),
  );
  const [black, wing] = [paint(0x23262b, { rough: 0.4 }), paint(0xdff1ff, { rough: 0.2, opacity: 0.55, both: true })];
  const eye = paint(0xa3241c, { rough: 0.4 });
  const fly = () => [
    part(ball(0.62, 10), black, { scale: [0.8, 0.8, 1.2] }),
    part(ball(0.42, 10), eye, { at: [0, 0.1, 0.8] }),
    part(ball(0.75, 8), wing, { at: [0.7, 0.5, -0.2], turn: [20, 0, 35], scale: [1.2, 0.12, 0.7] }),
    part(ball(0.75, 8), wing, { at: [-0.7, 0.5, -0.2], turn: [20, 0, -35], scale: [1.2, 0.12, 0.7] }),
  ];
  const flies = around(4, 11.8, (angle, x, z, i) =>
    group(fly(), { at: [x, 4.5 - 3 * (i % 2), z], turn: [0, angle + 90, 0], motion: { kind: "bob", period_s: 0.9, amount: 1.2, phase: i / 4, from_strength: 0.25 * i } }),
  );
  return group([...wisps.map((wisp) => wisp.translateY(9)), group(flies, { name: "flies", at: [0, 3, -2], motion: { kind: "spin", period_s: 3.6 } })]);
}

export function ghosts() {
  const sheet = paint(0xf3f1ff, { rough: 0.75, glow: 0.12, opacity: 0.93 });
  const dark = paint(0x2b2440, { rough: 0.5 });
  const body = turned([[0, 4.4], [1.1, 4.2], [2.1, 3.4], [2.6, 2.1], [2.7, 0], [2.9, -2.4], [3.3, -3.6], [2.6, -3.3], [1.4, -3.1], [0, -3]], 22);
  const hem = around(6, 2.7, (_, x, z) => part(ball(0.85, 10), sheet, { at: [x, -3.4, z] }));
  const face = [
    part(ball(0.52, 12), dark, { at: [0.95, 1.9, 2.3], scale: [1, 1.4, 0.5] }),
    part(ball(0.52, 12), dark, { at: [-0.95, 1.9, 2.3], scale: [1, 1.4, 0.5] }),
    part(ball(0.55, 12), dark, { at: [0, 0.2, 2.6], scale: [1, 1.5, 0.5], motion: { kind: "stretch", period_s: 0, amount: 0.7, with_strength: true } }),
  ];
  const arm = (s) => part(ball(0.8, 10), sheet, { at: [2.8 * s, 0.2, 1.1], turn: [0, 0, 30 * s], scale: [1.3, 0.8, 0.9] });
  const one = (scale) => group([part(body, sheet), ...hem, ...face.map((mesh) => mesh.clone()), arm(1), arm(-1)], { scale, motion: { kind: "shake", period_s: 0.34, amount: 0.22, with_strength: true } });
  const circle = around(3, 13.2, (angle, x, z, i) =>
    group([one([1.0, 0.72, 0.85][i])], {
      at: [x, 7 + 2 * i, z],
      turn: [0, angle, 0],
      motion: { kind: "bob", period_s: 2.4, amount: 1.8, phase: i / 3, from_strength: 0.3 * i },
    }),
  );
  return group([group(circle, { name: "circle", motion: { kind: "spin", period_s: 11 } })]);
}

/** Falls all about the head; its origin is the middle of the head. */
export function confetti() {
  const colours = [0xff4f9a, 0xffd23f, 0x3fc6ff, 0x7be08a, 0xb489ff].map((colour) => paint(colour, { rough: 0.4, both: true }));
  const [flake, little] = [tube(0.85, 0.85, 0.14, 12), star(2)];
  const pieces = Array.from({ length: 26 }, (_, i) => {
    const angle = i * 2.399963;
    const radius = 6 + 8.5 * ((i * 0.618) % 1);
    return part(i % 4 ? flake : little, colours[i % 5], {
      at: [radius * Math.sin(angle), 21, radius * Math.cos(angle)],
      turn: [40 * i, 70 * i, 0],
      motion: { kind: "fall", period_s: 3.4, amount: 34, phase: (i * 0.382) % 1, tumble: 2, from_strength: i / 60 },
    });
  });
  return group(pieces);
}
