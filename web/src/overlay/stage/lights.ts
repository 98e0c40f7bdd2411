/** The lights on objects: a warm light from above and in front, a cool rim light, and a sky light. */

import { DirectionalLight, HemisphereLight, type Light } from "three";

export function lights(): Light[] {
  const key = new DirectionalLight(0xfff4e2, 2.1);
  key.position.set(0.5, 1, 1.1);
  const rim = new DirectionalLight(0xcfe4ff, 0.7);
  rim.position.set(-1, 0.4, -0.6);
  return [new HemisphereLight(0xffffff, 0x8a7f78, 1.5), key, rim];
}
