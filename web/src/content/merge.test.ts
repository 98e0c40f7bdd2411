import { BoxGeometry, type BufferGeometry, Group, Mesh, MeshLambertMaterial, type Object3D, Vector3 } from "three";
import { describe, expect, it } from "vitest";

import { mergeParts } from "./merge";

const SIDE = 2;

function part(colour: number, x: number, options: object = {}): Mesh {
  const geometry = new BoxGeometry(SIDE, SIDE, SIDE);
  geometry.deleteAttribute("uv");
  const mesh = new Mesh(geometry, new MeshLambertMaterial({ color: colour, ...options }));
  mesh.position.x = x;
  return mesh;
}

function group(children: readonly Object3D[], moves = false): Group {
  const made = new Group();
  made.add(...children);
  made.userData["moves"] = moves;
  return made;
}

const merge = (root: Object3D) => mergeParts(root, (node) => node.userData["moves"] === true);

function meshesOf(root: Object3D): Mesh<BufferGeometry, MeshLambertMaterial>[] {
  const found: Mesh<BufferGeometry, MeshLambertMaterial>[] = [];
  root.traverse((node) => {
    if (node instanceof Mesh) found.push(node);
  });
  return found;
}

/** The places and colours of all corners in the world. */
function corners(root: Object3D): string[] {
  root.updateMatrixWorld(true);
  return meshesOf(root).flatMap(({ geometry, material, matrixWorld }) => {
    const { position, color } = geometry.attributes;
    return Array.from({ length: position.count }, (_, i) => {
      const at = new Vector3().fromBufferAttribute(position, i).applyMatrix4(matrixWorld);
      const rgb = color ? [color.getX(i), color.getY(i), color.getZ(i)] : material.color.toArray();
      return [...at.toArray(), ...rgb].map((value) => value.toFixed(4)).join();
    });
  });
}

describe("mergeParts", () => {
  it("draws parts of several colours at once, where they were and as they were", () => {
    const root = group([part(0xff0000, 1), group([part(0x00ff00, 2), part(0x0000ff, 3)])]);
    root.children[1].rotation.z = 0.7;
    const before = corners(root).sort();
    merge(root);
    expect(meshesOf(root)).toHaveLength(1);
    expect(corners(root).sort()).toEqual(before);
  });

  it("leaves what moves by itself apart, and merges what moves with it", () => {
    const moving = group([part(0xff0000, 1), part(0x00ff00, 2)], true);
    const root = group([part(0, 3), part(1, 4), moving]);
    merge(root);
    expect(meshesOf(moving)).toHaveLength(1);
    expect(meshesOf(root)).toHaveLength(2);
    const before = corners(moving);
    moving.position.y = 5;
    expect(corners(moving)).not.toEqual(before);
  });

  it.each([
    ["see-through parts", () => part(0xff0000, 1, { transparent: true, opacity: 0.5 })],
    ["another kind of surface", () => part(0xff0000, 1, { emissive: 0x222222 })],
    ["a textured geometry", () => new Mesh(new BoxGeometry(), new MeshLambertMaterial())],
    ["a part with parts", () => part(0, 1).add(group([]))],
  ])("leaves %s apart", (_, other) => {
    const root = group([other(), part(1, 2), part(2, 3)]);
    merge(root);
    expect(meshesOf(root)).toHaveLength(2);
  });
});
