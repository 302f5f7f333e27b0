import type { MaybePromise } from "../../driver/index.ts";
import type { DatabaseContext } from "../database-context.ts";
import { checkStore, noStore, readStoreId } from "./decision-store.ts";

/** In milliseconds. */
const askAgainMs = 3_600_000;

/** Which database keeps which store of decisions, as far as it was asked. */
export class Stores {
  readonly #contexts: () => Iterable<DatabaseContext>;
  readonly #known = new Map<DatabaseContext, string>();
  /** Where decisions can be written, as far as it was tried. */
  readonly #checked = new WeakSet<DatabaseContext>();

  /** Those that had none, and until when they are not asked again for all stores: each question is an error in the log of their server. */
  readonly #without = new WeakMap<DatabaseContext, number>();

  /** Those that were asked by {@link find}, whatever they answered. */
  readonly #asked = new WeakSet<DatabaseContext>();

  constructor(contexts: () => Iterable<DatabaseContext>) {
    this.#contexts = contexts;
  }

  /** The store of a decider. @throws UndefinedObjectError where it has none; PermissionError, ReadOnlyError where it cannot be written */
  of(context: DatabaseContext, limitMs: number): MaybePromise<string> {
    const known = this.#known.get(context);
    return known !== undefined && this.#checked.has(context) ? known : this.#find(context, known, limitMs);
  }

  async #find(context: DatabaseContext, before: string | undefined, limitMs: number): Promise<string> {
    const known = before ?? (await readStoreId(context, limitMs));
    if (known === undefined) throw noStore(context);
    if (!this.#checked.has(context)) {
      await checkStore(context, limitMs);
      this.#checked.add(context);
    }
    this.#known.set(context, known);
    return known;
  }

  /** What is known of a database may have changed: it was copied, restored, or dropped. */
  forget(context: DatabaseContext): void {
    this.#known.delete(context);
    this.#checked.delete(context);
  }

  /** Every database that has a store, of those that are asked for; and those that could not say. */
  async all(
    contexts: readonly DatabaseContext[],
    limitMs: number,
  ): Promise<{ readonly stores: ReadonlyMap<DatabaseContext, string>; readonly failed: ReadonlyMap<string, unknown> }> {
    const stores = new Map<DatabaseContext, string>();
    const failed = new Map<string, unknown>();
    const ask = async (context: DatabaseContext): Promise<void> => {
      try {
        const store = this.#known.get(context) ?? (await this.#ask(context, limitMs));
        if (store !== undefined) stores.set(context, store);
      } catch (error) {
        failed.set(context.database, error);
      }
    };
    await Promise.all(contexts.filter((it) => !it.permanent).map(ask));
    return { stores, failed };
  }

  async #ask(context: DatabaseContext, limitMs: number): Promise<string | undefined> {
    const now = context.clock.now();
    if (now < (this.#without.get(context) ?? Number.NEGATIVE_INFINITY)) return undefined;
    const store = await readStoreId(context, limitMs);
    if (store === undefined) this.#without.set(context, now + askAgainMs);
    else this.#known.set(context, store);
    return store;
  }

  /** Databases whose store is known. */
  get known(): ReadonlyMap<DatabaseContext, string> {
    return this.#known;
  }

  /**
   * The databases that keep a store: more than one where one database has two labels, or was copied with its store, and nobody knows which of them decides.
   * `"unreachable"`: one that could not be asked may have it.
   */
  async find(store: string, limitMs: number): Promise<Keepers | "foreign" | "unreachable"> {
    const contexts = [...this.#contexts()].filter((it) => !it.permanent);
    const isKeeper = (it: DatabaseContext): boolean => this.#known.get(it) === store;
    const isKnown = contexts.some(isKeeper);
    // One that could not be asked is no reason to wait each time, where another one is known to have it.
    const unknown = contexts.filter((it) => !this.#known.has(it) && !(isKnown && this.#asked.has(it)));
    const answers = await Promise.allSettled(unknown.map((it) => readStoreId(it, limitMs)));
    for (const [index, answer] of answers.entries()) {
      const context = unknown[index] as DatabaseContext;
      this.#asked.add(context);
      if (answer.status === "fulfilled" && answer.value !== undefined) this.#known.set(context, answer.value);
    }
    const [first, ...others] = contexts.filter(isKeeper);
    if (first !== undefined) return [first, ...others];
    return answers.some((answer) => answer.status === "rejected") ? "unreachable" : "foreign";
  }
}

/** One at least. */
export type Keepers = readonly [DatabaseContext, ...DatabaseContext[]];
