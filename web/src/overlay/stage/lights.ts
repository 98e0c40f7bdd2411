/** The lights on objects: a warm light from above and in front, a cool rim light, and a sky light. Python has the same ones. */

import { Color, DirectionalLight, HemisphereLight, type Light, SRGBColorSpace } from "three";

type Triple = readonly [number, number, number];

export const KEY_RGB: Triple = [255, 244, 226];
export const KEY_INTENSITY = 2.1;
export const KEY_FROM: Triple = [0.5, 1, 1.1];
export const RIM_RGB: Triple = [207, 228, 255];
export const RIM_INTENSITY = 0.7;
export const RIM_FROM: Triple = [-1, 0.4, -0.6];
export const SKY_RGB: Triple = [255, 255, 255];
export const GROUND_RGB: Triple = [138, 127, 120];
export const SKY_INTENSITY = 1.5;

export function lights(): Light[] {
  const key = new DirectionalLight(colour(KEY_RGB), KEY_INTENSITY);
  key.position.set(...KEY_FROM);
  const rim = new DirectionalLight(colour(RIM_RGB), RIM_INTENSITY);
  rim.position.set(...RIM_FROM);
  return [new HemisphereLight(colour(SKY_RGB), colour(GROUND_RGB), SKY_INTENSITY), key, rim];
}

function colour([red, green, blue]: Triple): Color {
  return new Color().setRGB(red / 255, green / 255, blue / 255, SRGBColorSpace);
}
