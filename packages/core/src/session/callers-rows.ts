import type { MdbError } from "../errors/index.ts";
import { tellAbandoned } from "./abandoned.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { CallersSource } from "./operation.ts";
import { runInScope, Scope } from "./scope.ts";
import type { Occupant } from "./turn.ts";

/**
 * The caller's rows, or parameter sets, while they are loaded. They are made where the caller is, outside of the transaction that loads them; the
 * wait for them counts as no work of the server, and can be ended from outside.
 */
export class CallersRows implements CallersSource {
  readonly occupant: Occupant;
  onWait: ((waiting: boolean) => void) | undefined = undefined;
  readonly #context: DatabaseContext;
  readonly #scope: Scope;
  #count: (calls: 1 | -1) => void = nothing;
  #reason: MdbError | undefined;
  #giveUp: ((reason: MdbError) => void) | undefined;
  #thrown: { readonly error: unknown } | undefined;

  /** @param caller - where the rows are made */
  constructor(context: DatabaseContext, caller: Scope | undefined) {
    const { clock, database } = context;
    this.#context = context;
    this.#scope = new Scope({ clock, describe: `rows to load into "${database}"`, parent: caller });
    this.occupant = {
      what: "a bulk load",
      scope: this.#scope,
      refusesOthers: false,
      interrupt: (reason) => this.interrupt(reason),
    };
  }

  /** What the caller's own code threw, if it did. */
  get thrown(): { readonly error: unknown } | undefined {
    return this.#thrown;
  }

  attach(unit: object, count: (calls: 1 | -1) => void): void {
    this.#scope.feeds = unit;
    this.#count = count;
  }

  /** The load is over. */
  end(): void {
    this.#scope.end();
  }

  interrupt(reason: MdbError): void {
    this.#reason ??= reason;
    this.#giveUp?.(reason);
  }

  /** Runs code of the caller's that gives at once. */
  now<T>(work: () => T): T {
    if (this.#reason !== undefined) throw this.#reason;
    return runInScope(this.#scope, () => {
      try {
        return work();
      } catch (error) {
        this.#thrown = { error };
        throw error;
      }
    });
  }

  /** Waits for code of the caller's, until it is interrupted. */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    if (this.#reason !== undefined) throw this.#reason;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#giveUp = reject;
    this.#count(-1);
    this.onWait?.(true);
    runInScope(this.#scope, work).then(resolve, (error: unknown) => {
      if (this.#reason === undefined) {
        this.#thrown = { error };
        reject(error);
      } else tellAbandoned(this.#context, "the rows of a bulk load", error);
    });
    try {
      return await promise;
    } finally {
      this.#giveUp = undefined;
      this.onWait?.(false);
      this.#count(1);
    }
  }

  /** Tells an iterator that no more is wanted. It is not waited for. */
  leave(iterator: { return?: (() => unknown) | undefined }): void {
    const failed = (error: unknown): void => tellAbandoned(this.#context, "the rows of a bulk load", error);
    try {
      const left = runInScope(this.#scope, () => iterator.return?.());
      if (left instanceof Promise) left.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

const nothing = (): void => {};
