/**
 * Who is who in a session: the tracks of the camera, and the person of each.
 *
 * Nobody is recognised by the face. A track that begins soon after another one has ended, while that person is out of the
 * picture, counts as the same person; where several are away, the nearest in position and size. The visitor can correct it.
 */

import type { Face } from "../types";

/** A person who is away for longer than this comes back as another one. */
export const RETURN_S = 20;

/** One track of the camera in a session. */
export interface Sighting {
  /** From 1, unlike those of the camera also after it was started again. */
  readonly trackId: number;
  /** From 1, in the order of appearance. */
  readonly person: number;
  /** When it was last seen. */
  readonly lastS: number;
  /** [left, top, right, bottom] where that was. */
  readonly boxXyxyPx: Face["boxXyxyPx"];
}

export class People {
  readonly #sightings = new Map<number, Sighting>();
  /** By the camera's track id, until the camera is started again. */
  #numbers = new Map<number, number>();

  constructor(sightings: readonly Sighting[] = []) {
    for (const sighting of sightings) this.#sightings.set(sighting.trackId, sighting);
  }

  get sightings(): readonly Sighting[] {
    return [...this.#sightings.values()];
  }

  /** The person of each track. */
  get byTrack(): ReadonlyMap<number, number> {
    return new Map(this.sightings.map(({ trackId, person }) => [trackId, person]));
  }

  /** The number of the person whom the camera follows under that id; undefined before the first `see`. */
  personOf(cameraId: number): number | undefined {
    return this.#sightings.get(this.#numbers.get(cameraId) ?? 0)?.person;
  }

  /** The camera begins to count again. */
  cameraStarted(): void {
    this.#numbers = new Map();
  }

  /** The track of each face in the session. */
  see(faces: readonly Pick<Face, "trackId" | "boxXyxyPx">[], timeS: number): number[] {
    const known = faces.filter(({ trackId }) => this.#numbers.has(trackId));
    const inView = new Set(known.map(({ trackId }) => this.personOf(trackId)));
    const added = faces.filter(({ trackId }) => !this.#numbers.has(trackId));
    const returned = assign(added, this.#away(inView, timeS));
    for (const { trackId, boxXyxyPx } of added) {
      const track = this.#sightings.size + 1;
      this.#numbers.set(trackId, track);
      const person = returned.get(trackId) ?? Math.max(0, ...this.sightings.map((one) => one.person)) + 1;
      this.#sightings.set(track, { trackId: track, person, lastS: timeS, boxXyxyPx });
    }
    return faces.map(({ trackId, boxXyxyPx }) => {
      const track = this.#numbers.get(trackId)!;
      this.#sightings.set(track, { ...this.#sightings.get(track)!, lastS: timeS, boxXyxyPx: [...boxXyxyPx] });
      return track;
    });
  }

  /** Two persons are one; the smaller number stays. */
  join(a: number, b: number): void {
    for (const sighting of this.sightings) {
      if (sighting.person === Math.max(a, b)) this.#sightings.set(sighting.trackId, { ...sighting, person: Math.min(a, b) });
    }
  }

  /** Each track of a person but the first becomes a person again. */
  separate(person: number): void {
    let next = Math.max(0, ...this.sightings.map((one) => one.person)) + 1;
    for (const sighting of this.sightings.filter((one) => one.person === person).slice(1)) {
      this.#sightings.set(sighting.trackId, { ...sighting, person: next++ });
    }
  }

  /** The last sighting of each person who left the picture a short time ago. */
  #away(inView: ReadonlySet<number | undefined>, timeS: number): Sighting[] {
    const last = new Map<number, Sighting>();
    for (const sighting of this.sightings) {
      if (sighting.lastS >= (last.get(sighting.person)?.lastS ?? -Infinity)) last.set(sighting.person, sighting);
    }
    return [...last.values()].filter(({ person, lastS }) => !inView.has(person) && timeS - lastS <= RETURN_S);
  }
}

/** The person of each new face who is one of those away: nearest pairs first. By the face's track id. */
function assign(faces: readonly Pick<Face, "trackId" | "boxXyxyPx">[], away: readonly Sighting[]): Map<number, number> {
  const pairs = faces.flatMap((face) => away.map((sighting) => ({ face, sighting, distance: distance(face.boxXyxyPx, sighting) })));
  pairs.sort((a, b) => a.distance - b.distance || b.sighting.lastS - a.sighting.lastS);
  const found = new Map<number, number>();
  for (const { face, sighting } of pairs) {
    if (!found.has(face.trackId) && ![...found.values()].includes(sighting.person)) found.set(face.trackId, sighting.person);
  }
  return found;
}

/** In face widths, plus the logarithm of the change in size. */
function distance([left, top, right, bottom]: Face["boxXyxyPx"], { boxXyxyPx }: Sighting): number {
  const width = right - left;
  const before = boxXyxyPx[2] - boxXyxyPx[0];
  const [dx, dy] = [left + right - boxXyxyPx[0] - boxXyxyPx[2], top + bottom - boxXyxyPx[1] - boxXyxyPx[3]];
  return Math.hypot(dx, dy) / Math.max(width + before, 1) + Math.abs(Math.log(Math.max(width, 1) / Math.max(before, 1)));
}
