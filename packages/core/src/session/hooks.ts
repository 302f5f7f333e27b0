import { channel } from "node:diagnostics_channel";
import { HookError } from "../errors/index.ts";
import { type Bounds, watchBounds, within } from "./bounds.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** What `onCommit` and `onRollback` take. */
export type Hook = () => unknown;

/** Told of each hook that failed. */
export type HookReport = ((error: HookError) => void) | undefined;

const hookErrors = channel("mdb:hook-error");

/** The hooks of one transaction and of the savepoints inside it. */
export class Hooks {
  readonly #onCommit: Hook[] = [];
  readonly #onRollback: Hook[] = [];
  /** Rollback hooks of savepoints that were rolled back, whatever becomes of the transaction around them. */
  readonly #always: Hook[] = [];

  get isEmpty(): boolean {
    return this.#onCommit.length + this.#onRollback.length + this.#always.length === 0;
  }

  onCommit(hook: Hook): void {
    this.#onCommit.push(hook);
  }

  onRollback(hook: Hook): void {
    this.#onRollback.push(hook);
  }

  /** Takes over the hooks of a savepoint that has ended. */
  absorb(inner: Hooks, kept: boolean): void {
    for (const hook of inner.#always) this.#always.push(hook);
    for (const hook of inner.#onRollback) (kept ? this.#onRollback : this.#always).push(hook);
    if (kept) for (const hook of inner.#onCommit) this.#onCommit.push(hook);
  }

  /**
   * Runs what fits the outcome, in order, one after another. They are waited for until the transaction's bounds, `hookTimeoutMs` at most; those
   * that come after are started and not waited for. An error is reported and changes nothing.
   */
  async run(
    outcome: "committed" | "rolled back",
    context: DatabaseContext,
    bounds: Bounds,
    report: HookReport,
  ): Promise<void> {
    const hooks = [...this.#always, ...(outcome === "committed" ? this.#onCommit : this.#onRollback)];
    if (hooks.length === 0) return;
    const patience = new Patience(context, bounds);
    for (const hook of hooks) {
      try {
        await patience.waitFor(hook, (error) => tell(context, outcome, error, report));
      } catch (cause) {
        tell(context, outcome, cause, report);
      }
    }
    patience.end();
  }
}

/** Waits for one hook after another until the time for all of them is over. */
class Patience {
  readonly #unwatch: () => void;
  #over: unknown;
  #giveUp: ((reason: unknown) => void) | undefined;

  constructor(context: DatabaseContext, bounds: Bounds) {
    this.#unwatch = watchBounds(context, within(context, context.hookTimeoutMs, bounds), "the hook", (reason) => {
      this.#over = reason;
      this.#giveUp?.(reason);
    });
  }

  /** @param onLateError - told of an error that comes after the wait was given up */
  async waitFor(hook: Hook, onLateError: (error: unknown) => void): Promise<void> {
    const running = (async () => hook())();
    if (this.#over !== undefined) {
      running.catch(onLateError);
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#giveUp = (reason) => {
      running.catch(onLateError);
      reject(reason);
    };
    running.then(resolve, reject);
    await promise;
  }

  end(): void {
    this.#unwatch();
  }
}

/** A hook's error is always seen by somebody: the caller who asked for it, a subscriber, or whoever reads the process's warnings. */
function tell(context: DatabaseContext, outcome: string, cause: unknown, report: HookReport): void {
  const { database, engine } = context;
  const message = `${nameOf(context)}: a hook failed after the transaction was ${outcome}; that stands`;
  const error = new HookError(message, { database, engine, cause });
  hookErrors.publish({ error, database, engine });
  if (report === undefined) {
    if (!hookErrors.hasSubscribers) process.emitWarning(error);
    return;
  }
  try {
    report(error);
  } catch {
    // The reporter is a hook as well: whatever it throws, the outcome stands.
    process.emitWarning(error);
  }
}
