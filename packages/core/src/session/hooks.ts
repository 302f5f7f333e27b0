import { channel } from "node:diagnostics_channel";
import { HookError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** What `onCommit` and `onRollback` take. */
export type Hook = () => unknown;

const hookErrors = channel("mdb:hook-error");

/** The hooks of one transaction and of the savepoints inside it. */
export class Hooks {
  readonly #onCommit: Hook[] = [];
  readonly #onRollback: Hook[] = [];
  /** Rollback hooks of savepoints that were rolled back, whatever becomes of the transaction around them. */
  readonly #always: Hook[] = [];

  onCommit(hook: Hook): void {
    this.#onCommit.push(hook);
  }

  onRollback(hook: Hook): void {
    this.#onRollback.push(hook);
  }

  /** Takes over the hooks of a savepoint that has ended. */
  absorb(inner: Hooks, kept: boolean): void {
    this.#always.push(...inner.#always);
    if (kept) {
      this.#onCommit.push(...inner.#onCommit);
      this.#onRollback.push(...inner.#onRollback);
    } else this.#always.push(...inner.#onRollback);
  }

  /** Runs what fits the outcome, in order, one after another. An error is reported and changes nothing. */
  async run(
    outcome: "committed" | "rolled back",
    context: DatabaseContext,
    report: ((error: HookError) => void) | undefined,
  ): Promise<void> {
    for (const hook of [...this.#always, ...(outcome === "committed" ? this.#onCommit : this.#onRollback)]) {
      try {
        await hook();
      } catch (cause) {
        const { database, engine } = context;
        const message = `${nameOf(context)}: a hook failed after the transaction was ${outcome}; that stands`;
        const error = new HookError(message, { database, engine, cause });
        hookErrors.publish({ error, database, engine });
        try {
          report?.(error);
        } catch {
          // The reporter is a hook as well: whatever it throws, the outcome stands.
        }
      }
    }
  }
}
