/** The session of this tab: it goes on existing while another screen is shown, and after a reload. */
/* eslint svelte/prefer-svelte-reactivity: "off" -- dates and maps are replaced, never changed */

import type { Scene } from "../types";
import { type SessionHead, SessionKeeper } from "./keep";
import { People } from "./people";
import { type Marker, newestRaw, type RawShares, type Sample, samplesOf, type Session } from "./timeline";

/** Stopped: the camera ended, as when the screen was left; it can go on. */
export type Phase = "ready" | "running" | "stopped" | "ended";

const SHOW_EVERY_MS = 250; // at any rate of scenes
const KEEP_EVERY_S = 5;

export class SessionRecorder {
  phase = $state<Phase>("ready");
  began = $state.raw(new Date(0));
  durationS = $state(0);
  samples = $state.raw<readonly Sample[]>([]);
  markers = $state.raw<readonly Marker[]>([]);
  neutral = $state.raw<ReadonlyMap<number, readonly number[]>>(new Map());
  people = $state.raw<ReadonlyMap<number, number>>(new Map());
  names = $state.raw<ReadonlyMap<number, string>>(new Map());
  /** Whether there is a file of all of it. */
  saved = $state(false);
  /** False when a reload would lose some of it. */
  kept = $state(true);
  readonly #keeper: SessionKeeper;
  #tracks = new People();
  /** Since the last sample. */
  #raw: RawShares = new Map();
  #pending: Sample[] = [];
  #unkept: Sample[] = [];
  #keptS = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(storage: Storage | undefined) {
    this.#keeper = new SessionKeeper(storage);
    this.#restore();
  }

  get session(): Session {
    const { began, durationS, samples, markers, neutral, people, names } = this;
    return { began, durationS, samples, markers, neutral, people, names };
  }

  /** Whether closing the page would lose something. */
  get unsaved(): boolean {
    return this.samples.length > 0 && !this.saved;
  }

  /** The number of the person whom the camera follows under that id. */
  personOf(cameraId: number): number | undefined {
    return this.#tracks.personOf(cameraId);
  }

  personOfTrack(trackId: number): number {
    return this.#tracks.byTrack.get(trackId) ?? trackId;
  }

  /** Forgets who was seen before the session. */
  prepare(): void {
    this.#tracks = new People();
  }

  begin(neutral: ReadonlyMap<number, readonly number[]>): void {
    this.began = new Date(performance.timeOrigin + performance.now());
    this.neutral = neutral;
    this.people = this.#tracks.byTrack;
    this.#run();
  }

  /** Goes on after a stop; time has gone on, too. */
  goOn(): void {
    this.#run();
  }

  /** The camera's ids begin again. */
  cameraStarted(): void {
    this.#tracks.cameraStarted();
  }

  /** Numbers the faces, and records them while the session runs; the track of each face, none after the end. */
  see(scene: Scene): number[] {
    if (this.phase === "stopped" || this.phase === "ended") return [];
    const epochS = scene.timeS + performance.timeOrigin / 1000;
    const tracks = this.#tracks.see(scene.faces, epochS);
    if (this.phase !== "running") return tracks;
    const timeS = epochS - this.began.getTime() / 1000;
    const last = this.#pending[this.#pending.length - 1] ?? this.samples[this.samples.length - 1];
    this.#raw = newestRaw(this.#raw, scene.faces, tracks);
    const samples = samplesOf(scene.faces, tracks, this.#raw, timeS, last?.timeS);
    if (samples.length > 0) this.#raw = new Map();
    this.#pending.push(...samples);
    this.durationS = Math.max(timeS, this.durationS);
    return tracks;
  }

  mark(name: string): void {
    this.markers = [...this.markers, { timeS: this.durationS, name }];
    this.#changed();
  }

  /** Does nothing unless it runs. */
  stop(phase: "stopped" | "ended" = "stopped"): void {
    if (this.phase !== "running") return;
    clearInterval(this.#timer);
    this.phase = phase;
    this.#show();
    this.keep();
  }

  end(): void {
    this.stop("ended");
    this.phase = "ended";
    this.keep();
  }

  rename(person: number, name: string): void {
    const names = new Map(this.names);
    if (name.trim()) names.set(person, name.trim());
    else names.delete(person);
    this.names = names;
    this.#changed();
  }

  /** Two persons are one. */
  join(a: number, b: number): void {
    this.#tracks.join(a, b);
    const name = this.names.get(Math.min(a, b)) ?? this.names.get(Math.max(a, b));
    this.names = new Map([...this.names].filter(([person]) => person !== a && person !== b));
    this.rename(Math.min(a, b), name ?? "");
  }

  /** Each track of a person is a person again. */
  separate(person: number): void {
    this.#tracks.separate(person);
    this.#changed();
  }

  wasSaved(): void {
    this.saved = true;
    this.keep();
  }

  /** Deletes it, here and in the tab's storage. */
  remove(): void {
    clearInterval(this.#timer);
    Object.assign(this, { phase: "ready", durationS: 0, samples: [], markers: [], neutral: new Map(), people: new Map(), names: new Map(), saved: false, kept: true });
    this.#tracks = new People();
    this.#pending = [];
    this.#unkept = [];
    this.#keeper.remove();
  }

  /** Writes what is new into the tab's storage. */
  keep(): void {
    if (this.phase === "ready") return;
    this.kept = this.#keeper.add(this.#head(), this.#unkept);
    if (this.kept) this.#unkept = [];
    this.#keptS = this.durationS;
  }

  #run(): void {
    this.phase = "running";
    this.#raw = new Map();
    this.#timer = setInterval(() => this.#show(), SHOW_EVERY_MS);
    this.#changed();
  }

  #show(): void {
    if (this.#pending.length > 0) {
      this.samples = [...this.samples, ...this.#pending];
      this.#unkept.push(...this.#pending);
      this.#pending = [];
      this.people = this.#tracks.byTrack;
    }
    if (this.durationS - this.#keptS >= KEEP_EVERY_S) this.keep();
  }

  #changed(): void {
    this.saved = false;
    this.people = this.#tracks.byTrack;
    this.keep();
  }

  #head(): SessionHead {
    const { began, durationS, phase, saved, markers } = this;
    const { sightings } = this.#tracks;
    return { began: began.getTime(), durationS, ended: phase === "ended", saved, markers, neutral: [...this.neutral], sightings, names: [...this.names] };
  }

  #restore(): void {
    const found = this.#keeper.read();
    if (!found) return;
    const { head, samples } = found;
    this.#tracks = new People(head.sightings);
    this.phase = head.ended ? "ended" : "stopped";
    this.began = new Date(head.began);
    this.samples = samples;
    Object.assign(this, { durationS: head.durationS, markers: head.markers, saved: head.saved });
    this.neutral = new Map(head.neutral);
    this.names = new Map(head.names);
    this.people = this.#tracks.byTrack;
    this.#keptS = head.durationS;
  }
}

/** Undefined where the browser refuses. */
function tabStorage(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

export const recorder = new SessionRecorder(tabStorage());

globalThis.addEventListener?.("pagehide", () => recorder.stop()); // the last seconds, too
