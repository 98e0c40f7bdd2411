/** Starts perception once: when it is wanted, or before. */

import type { PerceptionOptions } from "../types";
import { Download } from "./download";
import { Engine, type LoadEvents } from "./engine";
import type { StartOptions } from "./messages";

export interface Wanted {
  readonly base: string;
  readonly start: StartOptions;
  readonly options: PerceptionOptions;
}

export class Starter {
  private download: Download | undefined;
  private engine: Promise<Engine> | undefined;
  private events: LoadEvents | undefined;
  private fraction = 0;
  private isFetched = false;

  /** Fetches what the engine needs. */
  prefetch(wanted: Wanted): void {
    this.fetching(wanted);
  }

  /** Starts the engine too. What fails is left to `load`, which tries again. */
  warm(wanted: Wanted): void {
    this.started(wanted).catch(() => undefined);
  }

  /** The engine with these options; `events` gets also what happened before. */
  async load(wanted: Wanted, events: LoadEvents): Promise<Engine> {
    this.events = events;
    if (this.engine) events.progress(this.fraction);
    if (this.isFetched) events.fetched();
    const engine = await this.started(wanted);
    await engine.configure(wanted.options);
    return engine;
  }

  private fetching({ base, start, options }: Wanted): Download {
    if (!this.download?.serves(options.model)) this.download = new Download(base, start, options.model);
    return this.download;
  }

  private started(wanted: Wanted): Promise<Engine> {
    this.engine ??= Engine.load(this.fetching(wanted), wanted.options, {
      progress: (fraction) => {
        this.fraction = fraction;
        this.events?.progress(fraction);
      },
      fetched: () => {
        this.isFetched = true;
        this.events?.fetched();
      },
    })
      .catch((error: unknown) => {
        this.engine = undefined;
        this.isFetched = false;
        throw error;
      })
      .finally(() => (this.download = undefined)); // and the runtime's bytes, which have been compiled
    return this.engine;
  }
}
