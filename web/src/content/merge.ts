/** Fewer draw calls for 3D objects: parts that move together and differ in nothing but their colour become one mesh. */

import { BufferAttribute, type BufferGeometry, Color, type Material, Matrix4, Mesh, type MeshLambertMaterial, type Object3D } from "three";
import { mergeGeometries } from "three/addons/utils/BufferGeometryUtils.js";

type Coloured = Mesh<BufferGeometry, MeshLambertMaterial>;

const PLAIN = ["normal", "position"];

/**
 * Merges the parts of an object, in place.
 *
 * @param moves whether a node moves by itself: what is below it moves with it
 */
export function mergeParts(root: Object3D, moves: (node: Object3D) => boolean): void {
  root.updateMatrixWorld(true);
  const moving: Object3D[] = [root];
  root.traverse((node) => {
    if (node !== root && moves(node)) moving.push(node);
  });
  for (const node of moving) {
    for (const alike of groupedBy(partsOf(node, moves), ({ material }) => kindOf(material)).values()) {
      if (alike.length > 1) node.add(merged(alike, node));
    }
  }
}

/** The meshes below a node that move with it and can be merged. */
function partsOf(node: Object3D, moves: (node: Object3D) => boolean): Coloured[] {
  return node.children
    .filter((child) => !moves(child))
    .flatMap((child) => [...(isPlain(child) ? [child] : []), ...partsOf(child, moves)]);
}

function isPlain(node: Object3D): node is Coloured {
  if (!(node instanceof Mesh) || node.type !== "Mesh" || node.children.length > 0 || Array.isArray(node.material)) return false;
  const { attributes, index, morphAttributes } = node.geometry as BufferGeometry;
  const plain = index !== null && Object.keys(attributes).sort().join() === PLAIN.join() && Object.keys(morphAttributes).length === 0;
  const { transparent, vertexColors, color } = node.material as MeshLambertMaterial;
  return plain && !transparent && !vertexColors && color instanceof Color;
}

/** All of a material but its colour. */
function kindOf(material: Material): string {
  return JSON.stringify({ ...material.toJSON(), uuid: "", name: "", color: 0 });
}

/** One mesh in place of several. */
function merged(parts: readonly Coloured[], node: Object3D): Mesh {
  const inNode = new Matrix4().copy(node.matrixWorld).invert();
  const geometries = parts.map(({ geometry, matrixWorld, material }) =>
    painted(geometry.clone().applyMatrix4(new Matrix4().multiplyMatrices(inNode, matrixWorld)), material.color),
  );
  const material = parts[0].material.clone();
  material.color.set(1, 1, 1);
  material.vertexColors = true;
  for (const part of parts) part.removeFromParent();
  return new Mesh(mergeGeometries(geometries), material);
}

function painted(geometry: BufferGeometry, { r, g, b }: Color): BufferGeometry {
  const { count } = geometry.attributes["position"];
  const colours = Float32Array.from({ length: 3 * count }, (_, i) => [r, g, b][i % 3]);
  return geometry.setAttribute("color", new BufferAttribute(colours, 3));
}

function groupedBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return groups;
}
