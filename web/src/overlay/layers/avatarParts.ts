/** The parts of the avatar, a fox: plain bodies in centimetres, in the head frame. */

import {
  BufferAttribute,
  BufferGeometry,
  CapsuleGeometry,
  ConeGeometry,
  DoubleSide,
  Group,
  Mesh,
  type MeshLambertMaterial,
  type MeshStandardMaterial,
  SphereGeometry,
} from "three";

import { isSoftwareRenderer, litMaterial } from "../../graphics";
import type { AvatarFace } from "./avatarFace";

type Lit = MeshStandardMaterial | MeshLambertMaterial;

/** Balls of radius 1 with as many triangles as their size in centimetres needs; a GPU draws more. Python has those of the processor. */
const BALLS = [
  { fromCm: 8, shape: new SphereGeometry(1, 36, 26) },
  { fromCm: 4, shape: isSoftwareRenderer() ? new SphereGeometry(1, 28, 20) : new SphereGeometry(1, 36, 26) },
  { fromCm: 1.2, shape: isSoftwareRenderer() ? new SphereGeometry(1, 20, 14) : new SphereGeometry(1, 36, 26) },
  { fromCm: 0, shape: isSoftwareRenderer() ? new SphereGeometry(1, 12, 8) : new SphereGeometry(1, 20, 14) },
];
const LID = new SphereGeometry(1, isSoftwareRenderer() ? 20 : 28, isSoftwareRenderer() ? 8 : 14, 0, 2 * Math.PI, 0, Math.PI / 2);
const EAR = new ConeGeometry(4.2, 9.5, 28);
const EAR_LINING = new ConeGeometry(2.6, 6.6, 24);
const EAR_TIP = new ConeGeometry(1.62, 3.7, 24);
const BROW = new CapsuleGeometry(0.52, 3.1, 6, 14);
const COLUMNS = 24;
const INSIDE_ROWS = 7; // the open mouth follows the round muzzle

const fur = matt(0xe8772e);
const cream = matt(0xfff0dc);
const dark = matt(0x3a2418);
const white = matt(0xffffff, 0.25);
const black = matt(0x17110e, 0.12);
const iris = matt(0x5b8f3a, 0.3);
const inner = litMaterial({ color: 0x7d1f2b, roughness: 0.6, side: DoubleSide });
const lipLine = litMaterial({ color: 0x3a2418, roughness: 0.7, side: DoubleSide });

function matt(color: number, roughness = 0.78): Lit {
  return litMaterial({ color, roughness });
}

function ball(material: Lit, at: Triple, radii: Triple): Mesh {
  const { shape } = BALLS.find(({ fromCm }) => Math.max(...radii) > fromCm)!;
  const mesh = new Mesh(shape, material);
  mesh.position.set(...at);
  mesh.scale.set(...radii);
  return mesh;
}

type Triple = [number, number, number];

export interface Eye {
  readonly root: Group;
  readonly lid: Mesh;
  readonly lower: Mesh;
}

/** The parts that do not move relative to the head. */
export function headParts(): Group {
  const head = new Group();
  head.add(
    ball(fur, [0, 2.6, -3], [10.6, 11.6, 10.4]),
    ball(cream, [4.6, -3.4, 0.6], [6.2, 5.4, 6.6]),
    ball(cream, [-4.6, -3.4, 0.6], [6.2, 5.4, 6.6]),
    ball(cream, [0, -4.6, 3.2], [6.4, 4.6, 6.6]), // the muzzle, see `muzzleZ`
    ball(fur, [0, 0.2, 5.2], [2.6, 3.2, 3.4]),
    ball(black, [0, -1.5, 9.3], [1.9, 1.35, 1.2]),
  );
  for (const side of [1, -1]) head.add(ear(side), whiskerPads(side));
  return head;
}

function ear(side: number): Group {
  const root = new Group();
  const outer = new Mesh(EAR, fur);
  outer.scale.z = 0.55;
  const lining = new Mesh(EAR_LINING, cream);
  lining.scale.z = 0.4;
  lining.position.set(0, -0.9, 1.35);
  const tip = new Mesh(EAR_TIP, dark);
  tip.scale.z = 0.57;
  tip.position.y = 3;
  root.add(outer, lining, tip);
  root.position.set(6.6 * side, 14.6, -3.2);
  root.rotation.set(-0.1, 0.15 * side, -0.38 * side);
  return root;
}

function whiskerPads(side: number): Group {
  const pads = new Group();
  for (const [x, y] of [[2.9, -3.3], [3.7, -4.1], [2.7, -4.6]] as const)
    pads.add(ball(dark, [x * side, y, muzzleZ(x, y) + 0.02], [0.16, 0.16, 0.1]));
  return pads;
}

export function eye(side: number): Eye {
  const root = new Group();
  root.position.set(3.9 * side, 3.0, 5.6);
  root.rotation.y = 0.24 * side;
  root.add(ball(white, [0, 0, 0], [2.15, 2.45, 1.7]));
  root.add(ball(iris, [-0.15 * side, -0.05, 1.1], [1.28, 1.42, 0.75]));
  root.add(ball(black, [-0.15 * side, -0.05, 1.55], [0.78, 0.92, 0.42]));
  root.add(ball(white, [0.25, 0.5, 1.93], [0.3, 0.3, 0.14]));
  const lid = new Mesh(LID, fur);
  lid.scale.set(2.4, 2.72, 2.45);
  const lower = new Mesh(LID, fur);
  lower.scale.set(2.38, 2.76, 2.2);
  root.add(lid, lower);
  return { root, lid, lower };
}

/** Turns the lids: open is 0 for shut, 1 for at rest. */
export function setLids(part: Eye, open: number, smile: number): void {
  part.lid.rotation.x = 1.25 - 1.75 * Math.min(open, 1.3);
  part.lower.rotation.x = Math.PI + 0.55 - 0.35 * Math.max(smile, 0) - 0.15 * (1 - Math.min(open, 1));
}

export function brow(side: number): Mesh {
  const mesh = new Mesh(BROW, dark);
  mesh.rotation.z = Math.PI / 2;
  mesh.position.set(3.9 * side, 6.5, 6.6);
  return mesh;
}

/** Raised by up to 1.5 cm, its inner end tilted. */
export function setBrow(mesh: Mesh, side: number, raised: number, tilt: number): void {
  mesh.position.y = 6.6 + 1.5 * raised;
  mesh.position.z = 6.55 - 0.35 * Math.max(raised, 0);
  mesh.rotation.z = Math.PI / 2 - side * (0.06 + 0.5 * tilt);
  mesh.rotation.y = 0.25 * side;
}

/** Depth of the muzzle's surface at a place on it. */
export function muzzleZ(x: number, y: number): number {
  const inside = 1 - (x / 6.4) ** 2 - ((y + 4.6) / 4.6) ** 2;
  return 3.2 + 6.6 * Math.sqrt(Math.max(inside, 0.02));
}

/** The mouth: a shape on the muzzle that opens and bends, and the line of the lips round it. */
export class Mouth {
  readonly root = new Group();
  readonly #inner = strip(INSIDE_ROWS);
  readonly #upper = strip(2);
  readonly #lower = strip(2);
  readonly #tongue = ball(matt(0xe0667a, 0.5), [0, -7, 8], [1.7, 0.8, 0.9]);

  constructor() {
    this.root.add(new Mesh(this.#inner, inner), new Mesh(this.#upper, lipLine), new Mesh(this.#lower, lipLine), this.#tongue);
    for (const part of this.root.children) part.frustumCulled = false;
  }

  set(face: AvatarFace): void {
    const half = 3.3 * face.mouthWidth * (1 - 0.12 * face.jaw);
    const opening = 3.7 * face.jaw;
    for (let i = 0; i <= COLUMNS; i++) {
      const t = (2 * i) / COLUMNS - 1;
      const corner = t > 0 ? face.smileLeft : face.smileRight;
      const x = half * t;
      const top = -5.1 + 1.9 * corner * t * t - 0.25 * (1 - Math.abs(t)); // a cat's lip: the middle hangs a little
      const bottom = top - opening * (1 - t * t) ** 0.8;
      this.#column(this.#inner, i, x, top, bottom, 0.06);
      this.#column(this.#upper, i, x, top + 0.16, top - 0.16, 0.1);
      this.#column(this.#lower, i, x, bottom + 0.14, bottom - 0.14, 0.1);
    }
    for (const geometry of [this.#inner, this.#upper, this.#lower]) {
      geometry.attributes["position"]!.needsUpdate = true;
      geometry.computeVertexNormals();
    }
    this.#tongue.visible = face.jaw > 0.12;
    const y = -5.6 - 0.72 * opening;
    this.#tongue.position.set(0, y, muzzleZ(0, y) - 0.62);
    this.#tongue.scale.set(0.5 * half, 0.28 * opening, 0.75);
  }

  dispose(): void {
    for (const geometry of [this.#inner, this.#upper, this.#lower]) geometry.dispose();
  }

  #column(geometry: BufferGeometry, i: number, x: number, top: number, bottom: number, lift: number): void {
    const places = geometry.attributes["position"] as BufferAttribute;
    const rows = places.count / (COLUMNS + 1);
    for (let row = 0; row < rows; row++) {
      const y = top + ((bottom - top) * row) / (rows - 1);
      places.setXYZ(rows * i + row, x, y, muzzleZ(x, y) + lift);
    }
  }
}

/** Columns of `rows` points joined by triangles. */
function strip(rows: number): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(new Float32Array(3 * rows * (COLUMNS + 1)), 3));
  geometry.setIndex(
    Array.from({ length: COLUMNS * (rows - 1) }, (_, i) => rows * Math.floor(i / (rows - 1)) + (i % (rows - 1))).flatMap((i) => [
      i,
      i + 1,
      i + rows,
      i + rows,
      i + 1,
      i + rows + 1,
    ]),
  );
  return geometry;
}
