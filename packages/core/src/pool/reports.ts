import type { ConnectionSource } from "./connection-source.ts";
import { type PoolEvent, poolEventChannel } from "./diagnostics.ts";
import type { PoolHealth } from "./health.ts";
import type { DestroyReason, Slot } from "./slot.ts";

/** Tells the outside what happens in a pool; costs nothing while nobody listens. */
export class Reports {
  readonly #source: ConnectionSource;

  constructor(source: ConnectionSource) {
    this.#source = source;
  }

  opened(): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({ ...this.#place(), type: "connection-opened" } satisfies PoolEvent);
  }

  closed(reason: DestroyReason, error: unknown): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({ ...this.#place(), type: "connection-closed", reason, error } satisfies PoolEvent);
  }

  health(health: PoolHealth, error: unknown): void {
    if (!poolEventChannel.hasSubscribers) return;
    poolEventChannel.publish({ ...this.#place(), type: "health", health, error } satisfies PoolEvent);
  }

  /** A lease that lasts too long or is lost. Where stacks were asked for and nobody listens, the process's warnings tell of it. */
  hold(type: "long-hold" | "leak" | "hold-limit", slot: Slot, heldMs: number): void {
    const { holder, takenBy } = slot;
    if (poolEventChannel.hasSubscribers) {
      poolEventChannel.publish({
        ...this.#place(),
        type,
        heldMs,
        holder: holder?.describe,
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

  #place(): { readonly database: string; readonly engine: string } {
    return { database: this.#source.label, engine: this.#source.engine };
  }
}
