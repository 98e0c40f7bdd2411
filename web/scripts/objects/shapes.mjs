// @ts-nocheck: a build script, run by Node as it is
/** The building blocks of our objects: shapes in centimetres, materials and moving groups. */

import * as THREE from "three";
import { RoundedBoxGeometry } from "three/addons/geometries/RoundedBoxGeometry.js";

/**
 * @param {number|string} color
 * @param {{rough?: number, metal?: number, glow?: number, opacity?: number, both?: boolean}} [options]
 */
export function paint(color, { rough = 0.55, metal = 0, glow = 0, opacity = 1, both = false } = {}) {
  const material = new THREE.MeshStandardMaterial({ color, roughness: rough, metalness: metal });
  if (glow > 0) material.emissive = material.color.clone().multiplyScalar(glow);
  if (opacity < 1) Object.assign(material, { transparent: true, opacity });
  if (both) material.side = THREE.DoubleSide;
  return material;
}

/** A mesh at a place, turned in degrees. */
export function part(geometry, material, { at = [0, 0, 0], turn = [0, 0, 0], scale = 1, name = "", motion = null } = {}) {
  return placed(new THREE.Mesh(geometry, material), { at, turn, scale, name, motion });
}

/** Several parts that move as one. */
export function group(children, { at = [0, 0, 0], turn = [0, 0, 0], scale = 1, name = "", motion = null } = {}) {
  const node = new THREE.Group();
  node.add(...children);
  return placed(node, { at, turn, scale, name, motion });
}

function placed(node, { at, turn, scale, name, motion }) {
  node.position.set(...at);
  node.rotation.set(...turn.map(THREE.MathUtils.degToRad));
  if (typeof scale === "number") node.scale.setScalar(scale);
  else node.scale.set(...scale);
  node.name = name;
  if (motion) node.userData.motion = motion;
  return node;
}

/** The same arguments give the same geometry, so that the file holds it once. */
function once(make) {
  const made = new Map();
  return (...sizes) => {
    const key = sizes.join();
    if (!made.has(key)) made.set(key, make(...sizes));
    return made.get(key);
  };
}

export const ball = once(
  (radius, detail = 18, rows = Math.round(detail * 0.7)) => new THREE.SphereGeometry(radius, detail, rows),
);
export const ring = once(
  (radius, tube, arc = 360, detail = 36) =>
    new THREE.TorusGeometry(radius, tube, 8, detail, THREE.MathUtils.degToRad(arc)),
);
export const tube = once(
  (bottom, top, height, detail = 32, open = false) => new THREE.CylinderGeometry(top, bottom, height, detail, 1, open),
);
export const rod = once((radius, length) => new THREE.CapsuleGeometry(radius, length, 3, 8));
export const box = once((x, y, z, round = 0.3) => smooth(new RoundedBoxGeometry(x, y, z, 2, round)));

/** A body of revolution about the vertical; points are [radius, height]. */
export function turned(points, detail = 40) {
  return new THREE.LatheGeometry(points.map(([x, y]) => new THREE.Vector2(x, y)), detail);
}

/** A flat outline made thick with round edges, centred. */
export function thick(shape, depth, bevel, detail = 8) {
  const options = { depth, bevelEnabled: true, bevelSize: bevel, bevelThickness: bevel, bevelSegments: 4, curveSegments: detail };
  const geometry = new THREE.ExtrudeGeometry(shape, options);
  geometry.center();
  return smooth(geometry);
}

/** A tube along a smooth curve through points. */
export function along(points, radius, detail = 24) {
  const curve = new THREE.CatmullRomCurve3(points.map((p) => new THREE.Vector3(...p)));
  return new THREE.TubeGeometry(curve, detail, radius, 7);
}

export function heart(size) {
  const s = size / 2;
  const shape = new THREE.Shape();
  shape.moveTo(0, -s);
  shape.bezierCurveTo(-0.35 * s, -0.62 * s, -1.05 * s, -0.2 * s, -1.0 * s, 0.38 * s);
  shape.bezierCurveTo(-0.96 * s, 0.98 * s, -0.22 * s, 1.0 * s, 0, 0.46 * s);
  shape.bezierCurveTo(0.22 * s, 1.0 * s, 0.96 * s, 0.98 * s, 1.0 * s, 0.38 * s);
  shape.bezierCurveTo(1.05 * s, -0.2 * s, 0.35 * s, -0.62 * s, 0, -s);
  return thick(shape, 0.28 * size, 0.14 * size);
}

export function star(size, tips = 5, inner = 0.48) {
  const shape = new THREE.Shape();
  for (let i = 0; i < 2 * tips; i++) {
    const radius = (i % 2 ? inner : 1) * (size / 2);
    const angle = (Math.PI * i) / tips;
    shape[i ? "lineTo" : "moveTo"](radius * Math.sin(angle), radius * Math.cos(angle));
  }
  return thick(shape, 0.16 * size, 0.07 * size, 2);
}

/** Joins equal corners and averages their normals, so that a bevel appears round. */
function smooth(geometry) {
  const kept = new THREE.BufferGeometry();
  const { array } = geometry.attributes.position;
  const seen = new Map();
  const places = [];
  const indices = [];
  for (let i = 0; i < array.length; i += 3) {
    const key = [0, 1, 2].map((axis) => Math.round(array[i + axis] * 1e3)).join();
    if (!seen.has(key)) seen.set(key, places.push(array.slice(i, i + 3)) - 1);
    indices.push(seen.get(key));
  }
  kept.setAttribute("position", new THREE.Float32BufferAttribute(places.flatMap((p) => [...p]), 3));
  kept.setIndex(indices);
  kept.computeVertexNormals();
  return kept;
}

/** Calls `make` for `count` evenly spaced places on a circle, with the angle in degrees, x, z and the index. */
export function around(count, radius, make) {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return make(THREE.MathUtils.radToDeg(angle), radius * Math.sin(angle), radius * Math.cos(angle), i);
  });
}
