import type { DatabaseContext } from "../database-context.ts";
import { checkStore, noStore, readStoreId } from "./decision-store.ts";

/** Which database keeps which store of decisions, as far as it was asked. */
export class Stores {
  readonly #contexts: () => Iterable<DatabaseContext>;
  readonly #known = new Map<DatabaseContext, string>();
  /** Where decisions can be written, as far as it was tried. */
  readonly #checked = new WeakSet<DatabaseContext>();

  constructor(contexts: () => Iterable<DatabaseContext>) {
    this.#contexts = contexts;
  }

  /** The store of a decider. @throws UndefinedObjectError where it has none; PermissionError, ReadOnlyError where it cannot be written */
  async of(context: DatabaseContext, limitMs: number): Promise<string> {
    const known = this.#known.get(context) ?? (await readStoreId(context, limitMs));
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

  /** Databases whose store is known. */
  get known(): ReadonlyMap<DatabaseContext, string> {
    return this.#known;
  }

  /** The database that keeps a store. `"unreachable"`: one that could not be asked may have it. */
  async find(store: string, limitMs: number): Promise<DatabaseContext | "foreign" | "unreachable"> {
    const contexts = [...this.#contexts()].filter((it) => !it.permanent);
    for (const context of contexts) if (this.#known.get(context) === store) return context;
    const unknown = contexts.filter((it) => !this.#known.has(it));
    const answers = await Promise.allSettled(unknown.map((it) => readStoreId(it, limitMs)));
    let found: DatabaseContext | undefined;
    for (const [index, answer] of answers.entries()) {
      const context = unknown[index] as DatabaseContext;
      if (answer.status !== "fulfilled" || answer.value === undefined) continue;
      this.#known.set(context, answer.value);
      if (answer.value === store) found ??= context;
    }
    if (found !== undefined) return found;
    return answers.some((answer) => answer.status === "rejected") ? "unreachable" : "foreign";
  }
}
