// @ts-nocheck: a build script, run by Node as it is
/**
 * Makes the 3D objects of the default content pack: `npm run objects`.
 *
 * All are our own, built here from simple bodies; the .glb files are committed so that nothing needs Node to use them.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { toGlb } from "./glb.mjs";
import * as hats from "./hats.mjs";
import * as weather from "./weather.mjs";

export const OBJECTS = {
  clothes_peg: hats.clothesPeg,
  confetti: weather.confetti,
  crown: hats.crown,
  flower_crown: hats.flowerCrown,
  ghosts: weather.ghosts,
  glasses: hats.glasses,
  headphones: hats.headphones,
  hearts: weather.hearts,
  horns: hats.horns,
  light_bulb: weather.lightBulb,
  monocle: hats.monocle,
  party_hat: hats.partyHat,
  rain_cloud: weather.rainCloud,
  sparkles: weather.sparkles,
  steam: weather.steam,
  stink: weather.stink,
  top_hat: hats.topHat,
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = fileURLToPath(new URL("../../../src/emoar/content/default/objects/", import.meta.url));
  mkdirSync(folder, { recursive: true });
  for (const [name, make] of Object.entries(OBJECTS)) {
    const file = toGlb(make());
    writeFileSync(`${folder}${name}.glb`, file);
    console.log(`${name}.glb ${(file.length / 1000).toFixed(1)} kB`);
  }
}
