import type { Branch } from "../../driver/index.ts";
import { ParameterError, TransactionStateError } from "../../errors/index.ts";
import { type DatabaseContext, nameOf } from "../database-context.ts";
import { fence, type KnownDecision, readDecision, readNative } from "./decision-store.ts";
import type { listInDoubt } from "./in-doubt.ts";
import type { Verdict } from "./protocol.ts";
import type { StoreOf } from "./recovery.ts";
import type { Keepers, Stores } from "./stores.ts";

/** A transaction as its decision is found: by the store, and by its name there. */
type Place = Pick<Branch, "store" | "transaction">;

/** What was decided over transactions, whichever database keeps it. */
export class Decisions {
  readonly #stores: Stores;
  /** How long one server is asked, in milliseconds. */
  readonly #askMs: number;

  constructor(stores: Stores, askMs: number) {
    this.#stores = stores;
    this.#askMs = askMs;
  }

  /** Where recovery asks for the decision over a branch, and decides "rolled back" where there is none. */
  readonly storeOf: StoreOf = async (store) => {
    const keepers = await this.#stores.find(store, this.#askMs);
    return typeof keepers === "string" ? keepers : { fence: (branch) => this.#fence(keepers, branch) };
  };

  /** What is known of a branch's decision. Changes nothing. */
  readonly ofBranch: Parameters<typeof listInDoubt>[1] = async ({ store, transaction }) => {
    const keepers = await this.#stores.find(store, this.#askMs);
    return typeof keepers === "string" ? { decision: keepers } : this.#read(keepers, transaction);
  };

  /** In one after the other, until one of them has not decided "rolled back": only the decider can have decided to commit. */
  async #fence(keepers: Keepers, branch: Branch): Promise<Verdict> {
    if (keepers.length > 1 && (await this.#read(keepers, branch.transaction)).decision === "committed")
      return "committed";
    for (const context of keepers) {
      try {
        const { decision } = await fence(context, branch, this.#askMs);
        if (decision !== "rolled back") return decision;
      } catch (error) {
        if (error instanceof TransactionStateError) this.#stores.forget(context);
        throw error;
      }
    }
    return "rolled back";
  }

  async #read(keepers: Keepers, transaction: string): Promise<KnownDecision> {
    const found = await Promise.all(keepers.map((context) => readDecision(context, transaction, this.#askMs)));
    const which = (wanted: Verdict) => found.find(({ decision }) => decision === wanted);
    return which("committed") ?? which("undecided") ?? (found[0] as KnownDecision);
  }

  /** What was decided. @throws TransactionStateError where no database here keeps the store, or the one that may cannot be reached */
  async outcome(id: string): Promise<Verdict> {
    const { decision } = await this.#inStore(id, (keepers, { transaction }) => this.#read(keepers, transaction));
    return decision;
  }

  /** The number that a branch had on its server, where the decision tells it. @throws what `outcome` does */
  nativeOf(id: string, branch: Branch): Promise<string | undefined> {
    return this.#inStore(id, async (keepers) => {
      const found = await Promise.all(keepers.map((context) => readNative(context, branch, this.#askMs)));
      return found.find((it) => it !== undefined);
    });
  }

  /** Decides what nobody has decided. @throws TransactionStateError where it is decided otherwise, and what `outcome` does */
  decide(id: string, end: "commit" | "rollback"): Promise<void> {
    const meant = end === "commit" ? "committed" : "rolled back";
    return this.#inStore(id, async (keepers, place) => {
      // Looked for in all of them before anything is written in the first.
      const known = keepers.length > 1 ? (await this.#read(keepers, place.transaction)).decision : "undecided";
      if (known === meant) return;
      if (known !== "undecided") throw unresolvable(keepers[0], id, known);
      for (const context of keepers) {
        const { decision } = await fence(context, place, this.#askMs, end === "commit" ? "C" : "R");
        if (decision !== meant) throw unresolvable(context, id, decision);
      }
    });
  }

  async #inStore<R>(id: string, work: (keepers: Keepers, place: Place) => Promise<R>): Promise<R> {
    if (typeof id !== "string") throw new ParameterError(`the id of a transaction is a string, not ${typeof id}`);
    const [store = "", transaction = ""] = id.split(":");
    const keepers = await this.#stores.find(store, this.#askMs);
    if (typeof keepers !== "string") return work(keepers, { store, transaction });
    const message =
      keepers === "foreign"
        ? `no database here keeps the decision over ${JSON.stringify(id)}`
        : `the decision over ${JSON.stringify(id)} may be in a database that cannot be reached now`;
    throw new TransactionStateError(message);
  }
}

function unresolvable(context: DatabaseContext, id: string, decided: Verdict): TransactionStateError {
  const why =
    decided === "undecided" ? "somebody is deciding right now; try again" : `it is decided already: ${decided}`;
  const facts = { database: context.database, engine: context.engine };
  return new TransactionStateError(`${nameOf(context)}: ${id} cannot be resolved: ${why}`, facts);
}
