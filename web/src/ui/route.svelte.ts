/** Which screen is shown: the part of the address after the hash, so that any static host will do. */

import { type Screen, SCREENS } from "./screens";

let screen = $state<Screen>(read());

export function currentScreen(): Screen {
  return screen;
}

export function followAddress(): () => void {
  const follow = (): void => {
    screen = read();
  };
  addEventListener("hashchange", follow);
  return () => removeEventListener("hashchange", follow);
}

function read(): Screen {
  const name = location.hash.replace(/^#\/?/, "");
  return SCREENS.find((known) => known === name) ?? "live";
}
