import { randomUUID } from "node:crypto";
import type { EventEmitter } from "node:events";
import type { Database, PinnedConnection } from "@nsj/mdb-core";
import { elapsed } from "./elapsed.ts";

/** A connection is given back and taken anew before its pool reports it as lost, or takes it away. */
const renewAt = 0.75;
/** However soon that would be. */
const shortestMs = 100;
/** How long a NOTIFY of its own may take to come back. */
const proofMs = 5_000;
/** When to try again where listening does not work: behind a pooler, or while the server is away. */
const againMs = 60_000;

/** What we use of a PostgreSQL driver's connection. */
type Notified = Pick<EventEmitter, "on" | "off">;

/**
 * Hears of what was committed in other processes, by LISTEN on a connection that it holds. Behind a pooler that lends connections for one transaction
 * LISTEN succeeds and nothing ever comes: so it sends itself a NOTIFY first, over another connection, and gives its own back where that does not arrive.
 */
export class Listener {
  readonly #database: Database;
  readonly #channel: string;
  readonly #own: string;
  readonly #heard: () => void;
  #isHearing = false;

  /**
   * @param own - what those send of whose messages the relay knows already
   * @param heard - called for each notification of others, and whenever some may have been missed
   */
  constructor(database: Database, channel: string, own: string, heard: () => void) {
    this.#database = database;
    this.#channel = channel;
    this.#own = own;
    this.#heard = heard;
  }

  /** Whether a NOTIFY has come back, so that others will. */
  get isHearing(): boolean {
    return this.#isHearing;
  }

  /** Listens until the signal aborts. Never rejects: without it relays look by themselves. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#database.closed) {
      const isRenewed = await this.#once(signal).catch(() => false);
      this.#isHearing = isRenewed && !signal.aborted;
      if (!isRenewed && !this.#database.closed) await elapsed(againMs, signal);
    }
  }

  /** Says whether listening works. */
  #once(signal: AbortSignal): Promise<boolean> {
    return this.#database.withConnection(
      async (connection) => {
        const native = notifiedOf(connection);
        if (native === undefined) return false;
        const proof = randomUUID();
        const proven = Promise.withResolvers<void>();
        const ended = new AbortController();
        const onNotification = ({
          channel,
          payload,
        }: {
          readonly channel: string;
          readonly payload?: string;
        }): void => {
          if (channel !== this.#channel || payload === this.#own) return;
          if (payload === proof) proven.resolve();
          this.#heard();
        };
        const onEnd = (): void => ended.abort();
        native.on("notification", onNotification);
        native.on("end", onEnd);
        try {
          await connection.execute(`listen ${this.#channel}`);
          await this.#database.query(
            "select pg_notify(:channel, :proof) is null as told",
            { channel: this.#channel, proof },
            { timeoutMs: proofMs },
          );
          const whole = AbortSignal.any([signal, ended.signal]);
          this.#isHearing = await Promise.race([
            proven.promise.then(() => true),
            elapsed(proofMs, whole).then(() => false),
          ]);
          if (!this.#isHearing) return false;
          await elapsed(Math.max(shortestMs, this.#database.longestHoldMs * renewAt), whole);
          return !ended.signal.aborted;
        } finally {
          native.off("notification", onNotification);
          native.off("end", onEnd);
        }
      },
      { signal },
    );
  }
}

/** The driver's connection, where it tells of notifications. */
function notifiedOf(connection: PinnedConnection): Notified | undefined {
  const native = connection.raw() as Partial<Notified> | undefined;
  return typeof native?.on === "function" && typeof native.off === "function" ? (native as Notified) : undefined;
}
