import { tracingChannel } from "node:diagnostics_channel";
import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import type { QueryEvent } from "@nsj/mdb-core";

/** How long the statements of one database took, from the call to the rows, waiting for a connection included. */
export interface LatencyFigures {
  readonly statements: number;
  /** In milliseconds; `null` when there was no statement. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** Listens to the library's events and keeps, for each database, what happened since it was last asked. */
export class Latency {
  readonly #histograms = new Map<string, RecordableHistogram>();
  readonly #started = new WeakMap<object, number>();
  readonly #channel = tracingChannel<unknown, QueryEvent>("mdb:query");
  readonly #subscribers = {
    start: (event: QueryEvent) => void this.#started.set(event, performance.now()),
    asyncEnd: (event: QueryEvent) => this.#record(event),
    end() {},
    asyncStart() {},
    error() {},
  };

  constructor() {
    this.#channel.subscribe(this.#subscribers);
  }

  /** Gives what was gathered and begins anew. */
  take(label: string): LatencyFigures {
    const histogram = this.#histograms.get(label);
    if (histogram === undefined || histogram.count === 0) return { statements: 0, p50Ms: null, p95Ms: null };
    const figures = {
      statements: histogram.count,
      p50Ms: histogram.percentile(50) / 1_000,
      p95Ms: histogram.percentile(95) / 1_000,
    };
    histogram.reset();
    return figures;
  }

  stop(): void {
    this.#channel.unsubscribe(this.#subscribers);
  }

  #record(event: QueryEvent): void {
    const started = this.#started.get(event);
    if (started === undefined) return;
    let histogram = this.#histograms.get(event.database);
    if (histogram === undefined) {
      histogram = createHistogram();
      this.#histograms.set(event.database, histogram);
    }
    histogram.record(Math.max(1, Math.round((performance.now() - started) * 1_000)));
  }
}
