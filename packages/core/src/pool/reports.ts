import { translateError } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import { classifySafely } from "./classify-safely.ts";
import type { ConnectionSource } from "./connection-source.ts";
import { type PoolEvent, type PoolPlace, poolEventChannel, poolPlace } from "./diagnostics.ts";
import type { HoldReport, ReleasedLease, Word } from "./effects.ts";
import type { Health, PoolHealth } from "./health.ts";
import type { DestroyReason } from "./pooled-connection.ts";

/** Tells the outside what happens in a pool; costs nothing while nobody listens. */
export class Reports {
  readonly #source: ConnectionSource;
  #health: PoolHealth = "ok";

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  tell(word: Word): void {
    if (word.kind === "tell-released") this.#released(word);
    else if (word.kind === "tell-kept") this.#kept(word.reason, word.error);
    else this.#hold(word.report);
  }

  opened(): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({ ...this.#place(), type: "connection-opened" } satisfies PoolEvent);
  }

  closed(reason: DestroyReason, error: unknown): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({
      ...this.#place(),
      type: "connection-closed",
      reason,
      error: this.#translate(error),
    } satisfies PoolEvent);
  }

  #kept(reason: DestroyReason, error: unknown): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({
      ...this.#place(),
      type: "connection-kept",
      reason,
      error: this.#translate(error),
    } satisfies PoolEvent);
  }

  /** The pool's health at the end of an attempt to connect; told when it has changed. That an attempt is under way is not worth a word. */
  health(health: Health): void {
    const state = health.state(0);
    if (state === this.#health) return;
    this.#health = state;
    if (!poolEventChannel.hasSubscribers) return;
    const { last } = health;
    poolEventChannel.publish({
      ...this.#place(),
      type: "health",
      health: state,
      error: this.#translate(last?.error),
    } satisfies PoolEvent);
  }

  /** A lease is over. */
  #released({ heldMs, waitedMs, holder }: ReleasedLease): void {
    const { label: database, key, manager = 0, engine } = this.#source;
    // One literal: it is told at every statement.
    const event = { database, manager, engine, type: "released", heldMs, waitedMs, holder } satisfies PoolEvent;
    poolEventChannel.publish(key === undefined ? event : { ...event, ...this.#place() });
  }

  /** A lease that lasts too long or is lost. Where stacks were asked for and nobody listens, the process's warnings tell of it. */
  #hold({ type, heldMs, holder, takenBy }: HoldReport): void {
    if (poolEventChannel.hasSubscribers) {
      poolEventChannel.publish({
        ...this.#place(),
        type,
        heldMs,
        holder,
        stack: takenBy?.stack,
      } satisfies PoolEvent);
    } else if (takenBy !== undefined) {
      const { database, engine } = this.#place();
      const what = type === "leak" ? "was lost by its holder after" : "has been held for";
      process.emitWarning(`${database} (${engine}): a connection ${what} ${Math.round(heldMs)} ms`, {
        type: "DatabaseConnectionLeak",
        detail: takenBy.stack ?? "",
      });
    }
  }

  /** Listeners see what a caller would see. */
  #translate(error: unknown): MdbError | undefined {
    if (error === undefined) return undefined;
    const { target } = this.#source;
    return translateError(error, classifySafely(this.#source, error), { ...this.#place(), target });
  }

  #place(): PoolPlace {
    return poolPlace(this.#source);
  }
}
