import { channel } from "node:diagnostics_channel";
import type { Executor, Transaction } from "@nsj/mdb-core";
import type { Chance } from "./chance.ts";
import { causesOf, GivenUp, isUnknown } from "./outcome.ts";
import { type Part, Records } from "./records.ts";
import type { Stage } from "./stage.ts";

const hookErrors = channel("mdb:hook-error");

/** What runs statements. */
export type Handle = Executor & Partial<Pick<Transaction, "onCommit" | "onRollback">>;

/** Where the generated code is: the innermost handle and the parts around it. */
export interface Place {
  readonly handle: Handle;
  readonly outer: readonly Handle[];
  readonly part: Part | undefined;
  readonly depth: number;
  readonly chance: Chance;
  /** The tree that it belongs to; several may be played at once. */
  readonly tree: number;
  /** The library does not wait for it for ever: something around it has a limit. */
  readonly bounded: boolean;
}

/** How much later than its limit a call may settle: the server is given 2 000 ms to stop a statement, and as long to roll back. */
const graceMs = 6_000;

/** For how long the library waits for hooks, which are the caller's own code, where the transaction has no limit. */
const hookTimeoutMs = 30_000;

/** What one seed plays: trees side by side, what they share, and what is noted of them. */
export class Play {
  readonly stage: Stage;
  readonly records = new Records();
  /** Connections were ended from outside, or the database was closed. */
  disturbed = false;
  /** Names what was left in sessions. */
  readonly left = new Set<string>();
  readonly #over = Promise.withResolvers<void>();
  readonly #bodies = new Set<Promise<unknown>>();
  readonly #hooks: { readonly tree: number; readonly since: number; until: number }[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
    hookErrors.subscribe(this.#hookErrorTold);
  }

  readonly #hookErrorTold = (event: unknown): void => {
    const { cause } = (event as { readonly error: Error }).error;
    const told = this.records.hookErrors.get(cause);
    if (told !== undefined) this.records.hookErrors.set(cause, told + 1);
  };

  /** Resolves when every tree has settled; callbacks that nobody waits for any more go on then. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** The trees have settled. Resolves when nothing of them runs any more. */
  async end(): Promise<void> {
    this.#over.resolve();
    while (this.#bodies.size > 0) await Promise.allSettled(this.#bodies);
    hookErrors.unsubscribe(this.#hookErrorTold);
  }

  /** Notes work that the end waits for. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#bodies.add(work);
    const forget = (): void => void this.#bodies.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Notes what becomes of a part. */
  async within<T>(
    kind: Part["kind"],
    { part: around, tree }: Pick<Place, "part" | "tree">,
    run: (part: Part) => Promise<T>,
  ): Promise<T> {
    const part: Part = { kind, around, ok: undefined };
    this.records.trace.push(`${kind}(`);
    try {
      const result = await run(part);
      part.ok = true;
      return result;
    } catch (error) {
      part.ok = isUnknown(error) ? "unknown" : false;
      this.#expectOwn(error, tree);
      throw error;
    } finally {
      this.records.trace.push(")");
    }
  }

  /** Runs a hook of a tree, which may wait for whatever the other trees hold. */
  async hook<T>(tree: number, run: () => Promise<T>): Promise<T> {
    const { clock } = this.stage.ground;
    const hook = { tree, since: clock.now(), until: Number.POSITIVE_INFINITY };
    this.#hooks.push(hook);
    try {
      return await run();
    } finally {
      hook.until = clock.now();
    }
  }

  /**
   * Notes when a call takes longer than its caller allowed.
   * @param hooksOf - the tree whose hooks are waited for in it, and have no limit: that time is not the library's
   */
  async limited<T>(what: string, limitMs: number | undefined, call: () => Promise<T>, hooksOf?: number): Promise<T> {
    const { clock } = this.stage.ground;
    const since = clock.now();
    try {
      return await call();
    } finally {
      const now = clock.now();
      const took = now - since - Math.min(hookTimeoutMs, this.#msInHooks(hooksOf, since, now));
      this.records.expect(took <= (limitMs ?? Number.POSITIVE_INFINITY) + graceMs, () => {
        return `${what} took ${took} ms although it was given ${limitMs}`;
      });
    }
  }

  /** How much of a span at least one hook of the tree ran. */
  #msInHooks(tree: number | undefined, since: number, now: number): number {
    let ms = 0;
    let counted = since;
    for (const hook of this.#hooks) {
      if (hook.tree !== tree) continue;
      const until = Math.min(hook.until, now);
      ms += Math.max(0, until - Math.max(hook.since, counted));
      counted = Math.max(counted, until);
    }
    return ms;
  }

  /** A signal that is aborted after that time. */
  abortedAfter(ms: number, tree: number): AbortSignal {
    const controller = new AbortController();
    this.stage.ground.clock.setTimer(() => controller.abort(new GivenUp(tree)), ms);
    return controller.signal;
  }

  /** What one caller gave up must not be what another one is told. */
  #expectOwn(error: unknown, tree: number): void {
    const foreign = causesOf(error).find((it) => it instanceof GivenUp && it.tree !== tree);
    this.records.expect(foreign === undefined, () => `tree ${tree} was ended by another caller's signal`);
  }
}
