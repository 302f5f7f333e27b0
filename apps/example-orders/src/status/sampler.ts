import { EventEmitter, once } from "node:events";
import type { PoolStats } from "@nsj/mdb-core";
import type { Databases } from "../databases.ts";
import { Latency, type LatencyFigures } from "./latency.ts";

const everyMs = 500;
const kept = 120;

/** One pool at one moment, with the statements since the sample before. */
export interface PoolSample
  extends LatencyFigures,
    Pick<PoolStats, "max" | "total" | "idle" | "busy" | "connecting" | "waiting" | "health"> {
  readonly label: string;
  readonly engine: string;
}

/** All pools at one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds since the sample before. */
  readonly spanMs: number;
  readonly pools: readonly PoolSample[];
}

/** Looks at the pools twice a second, and keeps what it saw for a minute. */
export class Sampler {
  readonly #databases: Databases;
  readonly #latency = new Latency();
  readonly #timer = setInterval(() => this.#look(), everyMs);
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #history: Sample[] = [];
  readonly #stopped = new AbortController();
  #lookedAt = performance.now();

  constructor(databases: Databases) {
    this.#databases = databases;
    this.#timer.unref();
  }

  /** The last minute, then each new sample as it comes; ends when the sampler stops. A slow reader misses samples, and holds up nobody. */
  async *samples(): AsyncGenerator<readonly Sample[], void, undefined> {
    const { signal } = this.#stopped;
    yield [...this.#history];
    while (!signal.aborted) {
      const news = await once(this.#events, "sample", { signal }).catch(() => undefined);
      if (news !== undefined) yield news as [Sample];
    }
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#latency.stop();
    this.#stopped.abort();
  }

  #look(): void {
    const now = performance.now();
    const sample = { at: Date.now(), spanMs: now - this.#lookedAt, pools: this.#pools() };
    this.#lookedAt = now;
    this.#history.push(sample);
    if (this.#history.length > kept) this.#history.shift();
    this.#events.emit("sample", sample);
  }

  #pools(): readonly PoolSample[] {
    return this.#databases.labels.map((label) => {
      const database = this.#databases.database(label as "orders" | "audit");
      const { max, total, idle, busy, connecting, waiting, health } = database.stats();
      const gauges = { max, total, idle, busy, connecting, waiting, health };
      return { label, engine: database.engine, ...gauges, ...this.#latency.take(label) };
    });
  }
}
