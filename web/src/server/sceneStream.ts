/** The scenes that a server sees, live: `WS /v1/events?scenes=1`. Connects again for as long as the page is open. */

import type { SceneDocument } from "./sceneDocument";

const SCENE = "emoar.scene/1";
const PROTOCOL = "emoar.events"; // the server must choose one of those that a browser offers
/** A source that is silent for so long gives way to another one. */
export const SILENT_MS = 2000;
const FIRST_WAIT_MS = 500;
const LAST_WAIT_MS = 10_000;

export interface StreamOptions {
  /** Of the socket. */
  readonly url: string;
  /** The API key, where the server requires one. */
  readonly key: string | undefined;
  /** The only source that is shown; without it the first one that sends. */
  readonly source: string | undefined;
  readonly onScene: (scene: SceneDocument, isNewSource: boolean) => void;
  readonly onState: (connected: boolean) => void;
}

/** The part of a message that is a scene; undefined for events and everything else. */
export function sceneIn(message: string): SceneDocument | undefined {
  try {
    const document = JSON.parse(message) as { schema?: unknown } | null;
    return document?.schema === SCENE ? (document as unknown as SceneDocument) : undefined;
  } catch {
    return undefined;
  }
}

/** Which of several sources is shown: the chosen one, else the first one until it is silent. */
export class SourceChoice {
  #source: string | undefined;
  #timeS = 0;
  #atMs = -Infinity;

  constructor(private readonly only: string | undefined) {}

  /** Whether a scene is shown, and whether it begins anew: of another source, or of one that was started again. */
  take({ source = "", time_s = 0 }: SceneDocument, nowMs: number): { readonly shown: boolean; readonly isNew: boolean } {
    const other = source !== this.#source;
    const shown = this.only === undefined ? !other || nowMs - this.#atMs > SILENT_MS : source === this.only;
    if (!shown) return { shown, isNew: false };
    const isNew = other || time_s < this.#timeS;
    [this.#source, this.#timeS, this.#atMs] = [source, time_s, nowMs];
    return { shown, isNew };
  }
}

/** Opens the stream; returns what closes it. */
export function openSceneStream({ url, key, source, onScene, onState }: StreamOptions): () => void {
  const choice = new SourceChoice(source);
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;
  const connect = (): void => {
    socket = new WebSocket(url, [PROTOCOL, ...(key === undefined ? [] : [`emoar-key.${key}`])]);
    socket.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      onState(true);
    };
    socket.onmessage = ({ data }) => {
      const scene = typeof data === "string" ? sceneIn(data) : undefined;
      if (!scene) return;
      const { shown, isNew } = choice.take(scene, performance.now());
      if (shown) onScene(scene, isNew);
    };
    socket.onclose = () => {
      onState(false);
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(2 * waitMs, LAST_WAIT_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    if (socket) socket.onclose = null;
    socket?.close();
  };
}
