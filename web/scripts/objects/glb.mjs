// @ts-nocheck: a build script, run by Node as it is
/** Writes a three.js tree of meshes as binary glTF 2.0. Only what our objects use: no textures, skins or cameras. */

import { Buffer } from "node:buffer";

const [BYTE, UNSIGNED_SHORT, FLOAT] = [5120, 5123, 5126];
const CENTIMETRE = 0.01; // glTF counts in metres, the head frame in centimetres

/**
 * @param {import("three").Object3D} root tree in centimetres; `userData` of a node becomes its `extras`
 * @returns {Buffer} the .glb file
 */
export function toGlb(root) {
  const document = {
    asset: { version: "2.0", generator: "EmoAR scripts/objects" },
    extensionsUsed: ["KHR_mesh_quantization"],
    extensionsRequired: ["KHR_mesh_quantization"],
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [],
    meshes: [],
    materials: [],
    accessors: [],
    bufferViews: [],
    buffers: [],
  };
  const chunks = [];
  const writer = { document, chunks, length: 0, meshes: new Map(), geometries: new Map(), materials: new Map() };
  addNode(writer, root);
  document.buffers.push({ byteLength: writer.length });
  return pack(document, Buffer.concat(chunks));
}

function addNode(writer, object) {
  const { document } = writer;
  const node = {};
  const index = document.nodes.push(node) - 1;
  if (object.name) node.name = object.name;
  const { position: p, quaternion: q, scale: s } = object;
  if (p.lengthSq() > 0) node.translation = rounded([p.x, p.y, p.z].map((value) => value * CENTIMETRE));
  if (Math.abs(q.w) < 1) node.rotation = rounded([q.x, q.y, q.z, q.w]);
  if (s.x !== 1 || s.y !== 1 || s.z !== 1) node.scale = rounded([s.x, s.y, s.z]);
  if (Object.keys(object.userData).length > 0) node.extras = object.userData;
  if (object.isMesh) node.mesh = addMesh(writer, object.geometry, object.material);
  if (object.children.length > 0) node.children = object.children.map((child) => addNode(writer, child));
  return index;
}

function addMesh(writer, geometry, material) {
  const key = `${geometry.uuid} ${material.uuid}`;
  if (!writer.meshes.has(key)) {
    const primitive = { ...geometryOf(writer, geometry), material: materialOf(writer, material) };
    writer.meshes.set(key, writer.document.meshes.push({ primitives: [primitive] }) - 1);
  }
  return writer.meshes.get(key);
}

function geometryOf(writer, geometry) {
  if (!writer.geometries.has(geometry.uuid)) {
    const places = Float32Array.from(geometry.attributes.position.array, (value) => value * CENTIMETRE);
    const indices = geometry.index?.array ?? Uint16Array.from({ length: places.length / 3 }, (_, i) => i);
    writer.geometries.set(geometry.uuid, {
      attributes: {
        POSITION: addAccessor(writer, places, "VEC3", 34962, true),
        NORMAL: addAccessor(writer, quantised(geometry.attributes.normal.array), "VEC3", 34962, false),
      },
      indices: addAccessor(writer, Uint16Array.from(indices), "SCALAR", 34963, false),
    });
  }
  return writer.geometries.get(geometry.uuid);
}

/** Unit vectors as bytes, four a vector, since glTF wants each to begin at a multiple of four. */
function quantised(normals) {
  const bytes = new Int8Array((normals.length / 3) * 4);
  for (let i = 0; i < normals.length; i++) bytes[4 * Math.floor(i / 3) + (i % 3)] = Math.round(127 * normals[i]);
  return bytes;
}

function addAccessor(writer, array, type, target, bounds) {
  const { document } = writer;
  const padding = (4 - (array.byteLength % 4)) % 4;
  writer.chunks.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength), Buffer.alloc(padding));
  const view = { buffer: 0, byteOffset: writer.length, byteLength: array.byteLength, target };
  const bytes = array instanceof Int8Array;
  if (bytes) view.byteStride = 4;
  writer.length += array.byteLength + padding;
  const accessor = {
    bufferView: document.bufferViews.push(view) - 1,
    componentType: bytes ? BYTE : array instanceof Float32Array ? FLOAT : UNSIGNED_SHORT,
    count: array.length / (type === "SCALAR" ? 1 : bytes ? 4 : 3),
    type,
  };
  if (bytes) accessor.normalized = true;
  if (bounds) Object.assign(accessor, boundsOf(array));
  return document.accessors.push(accessor) - 1;
}

function boundsOf(places) {
  const [min, max] = [[Infinity, Infinity, Infinity], [-Infinity, -Infinity, -Infinity]];
  places.forEach((value, i) => {
    min[i % 3] = Math.min(min[i % 3], value);
    max[i % 3] = Math.max(max[i % 3], value);
  });
  return { min, max };
}

function materialOf(writer, material) {
  if (!writer.materials.has(material.uuid)) {
    const { r, g, b } = material.color; // linear already, as glTF wants it
    const entry = {
      name: material.name,
      pbrMetallicRoughness: {
        baseColorFactor: rounded([r, g, b, material.opacity]),
        metallicFactor: material.metalness,
        roughnessFactor: material.roughness,
      },
    };
    const { r: er, g: eg, b: eb } = material.emissive;
    if (er + eg + eb > 0) entry.emissiveFactor = rounded([er, eg, eb]);
    if (material.transparent) entry.alphaMode = "BLEND";
    if (material.side === 2) entry.doubleSided = true;
    writer.materials.set(material.uuid, writer.document.materials.push(entry) - 1);
  }
  return writer.materials.get(material.uuid);
}

function pack(document, binary) {
  const text = Buffer.from(JSON.stringify(document));
  const json = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, " ")]);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(0x46546c67, 0);
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + 8 + json.length + 8 + binary.length, 8);
  return Buffer.concat([head, chunkHead(json.length, 0x4e4f534a), json, chunkHead(binary.length, 0x004e4942), binary]);
}

function chunkHead(length, kind) {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(kind, 4);
  return head;
}

function rounded(values) {
  return values.map((value) => Math.round(value * 1e5) / 1e5);
}
