/**
 * Keeps a session in this tab, so that it survives a reload: in `sessionStorage`, which the browser empties when the tab
 * is closed. Nothing leaves the device.
 */

import { FERPLUS, UNSURE } from "../labels";
import type { Sighting } from "./people";
import { type Marker, type Sample, SKIPPED } from "./timeline";

/** All of a session but its samples. */
export interface SessionHead {
  readonly began: number;
  readonly durationS: number;
  readonly ended: boolean;
  readonly saved: boolean;
  readonly markers: readonly Marker[];
  readonly neutral: readonly (readonly [number, readonly number[]])[];
  readonly sightings: readonly Sighting[];
  readonly names: readonly (readonly [number, string])[];
}

const HEAD = "emoar.session";
const PART = "emoar.session.part."; // samples are added in parts: writing all of them each time would take too long
const LABELS = [...FERPLUS, UNSURE, SKIPPED];

export class SessionKeeper {
  #parts = 0;

  /** @param storage undefined where the browser gives none: then nothing is kept */
  constructor(private readonly storage: Storage | undefined) {}

  /** Adds samples, and replaces the head; false where there is no room, which loses nothing that was kept. */
  add(head: SessionHead, samples: readonly Sample[]): boolean {
    if (!this.storage) return false;
    try {
      if (samples.length > 0) this.storage.setItem(`${PART}${this.#parts}`, JSON.stringify(samples.map(packed)));
      if (samples.length > 0) this.#parts++;
      this.storage.setItem(HEAD, JSON.stringify(head));
      return true;
    } catch {
      return false; // it is full
    }
  }

  /** What was kept; undefined where there is nothing, or it is damaged. */
  read(): { readonly head: SessionHead; readonly samples: readonly Sample[] } | undefined {
    try {
      const head = JSON.parse(this.storage?.getItem(HEAD) ?? "null") as SessionHead | null;
      if (!head) return undefined;
      if (!isHead(head)) throw new TypeError("no session");
      const samples: Sample[] = [];
      for (this.#parts = 0; ; this.#parts++) {
        const part = this.storage?.getItem(`${PART}${this.#parts}`);
        if (!part) return { head, samples };
        samples.push(...(JSON.parse(part) as number[][]).map(unpacked));
      }
    } catch {
      this.remove();
      return undefined;
    }
  }

  remove(): void {
    const { storage } = this;
    if (!storage) return;
    for (const key of Object.keys(storage)) if (key === HEAD || key.startsWith(PART)) storage.removeItem(key);
    this.#parts = 0;
  }
}

function isHead({ began, durationS, markers, neutral, sightings, names }: SessionHead): boolean {
  return Number.isFinite(began) && Number.isFinite(durationS) && [markers, neutral, sightings, names].every(Array.isArray);
}

/** In the precision of the files. */
function packed({ timeS, trackId, label, confidence, shares, rawShares = [] }: Sample): number[] {
  const numbers = [confidence, ...shares, ...rawShares];
  return [Math.round(1000 * timeS), trackId, LABELS.indexOf(label), ...numbers.map((share) => Math.round(1e4 * share))];
}

function unpacked([timeMs, trackId, index, ...numbers]: readonly number[]): Sample {
  const label = LABELS[index];
  const [confidence, ...both] = numbers.map((share) => share / 1e4);
  const [shares, rawShares] = [both.slice(0, FERPLUS.length), both.slice(FERPLUS.length)];
  if (label === undefined || shares.length !== FERPLUS.length || ![0, FERPLUS.length].includes(rawShares.length)) throw new RangeError("no sample");
  const raw = rawShares.length > 0 ? rawShares : undefined;
  return { timeS: timeMs / 1000, trackId, label, confidence, usable: label !== SKIPPED, shares, rawShares: raw };
}
