import type { Branch } from "../../driver/index.ts";
import { TransactionStateError } from "../../errors/index.ts";
import { type DatabaseContext, nameOf } from "../database-context.ts";
import { fence, readDecision, readNative } from "./decision-store.ts";
import type { listInDoubt } from "./in-doubt.ts";
import type { Verdict } from "./protocol.ts";
import type { StoreOf } from "./recovery.ts";
import type { Stores } from "./stores.ts";

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
    const context = await this.#stores.find(store, this.#askMs);
    return typeof context === "string" ? context : { fence: (branch) => this.#fence(context, branch) };
  };

  /** What is known of a branch's decision. Changes nothing. */
  readonly ofBranch: Parameters<typeof listInDoubt>[1] = async ({ store, transaction }) => {
    const context = await this.#stores.find(store, this.#askMs);
    return typeof context === "string" ? { decision: context } : readDecision(context, transaction, this.#askMs);
  };

  async #fence(context: DatabaseContext, branch: Branch): Promise<Verdict> {
    try {
      return await fence(context, branch, this.#askMs);
    } catch (error) {
      if (error instanceof TransactionStateError) this.#stores.forget(context);
      throw error;
    }
  }

  /** What was decided. @throws TransactionStateError where no database here keeps the store, or the one that may cannot be reached */
  async outcome(id: string): Promise<Verdict> {
    const { decision } = await this.#inStore(id, (context, { transaction }) =>
      readDecision(context, transaction, this.#askMs),
    );
    return decision;
  }

  /** The number that a branch had on its server, where the decision tells it. @throws what `outcome` does */
  nativeOf(id: string, branch: Branch): Promise<string | undefined> {
    return this.#inStore(id, (context) => readNative(context, branch, this.#askMs));
  }

  /** Decides what nobody has decided. @throws TransactionStateError where it is decided otherwise, and what `outcome` does */
  decide(id: string, end: "commit" | "rollback"): Promise<void> {
    const meant = end === "commit" ? "committed" : "rolled back";
    return this.#inStore(id, async (context, place) => {
      const decided = await fence(context, place, this.#askMs, end === "commit" ? "C" : "R", "[]");
      if (decided === meant) return;
      const why =
        decided === "undecided" ? "somebody is deciding right now; try again" : `it is decided already: ${decided}`;
      throw new TransactionStateError(`${nameOf(context)}: ${id} cannot be resolved: ${why}`, {
        database: context.database,
        engine: context.engine,
      });
    });
  }

  async #inStore<R>(id: string, work: (context: DatabaseContext, place: Place) => Promise<R>): Promise<R> {
    const [store = "", transaction = ""] = id.split(":");
    const context = await this.#stores.find(store, this.#askMs);
    if (typeof context !== "string") return work(context, { store, transaction });
    const message =
      context === "foreign"
        ? `no database here keeps the decision over ${JSON.stringify(id)}`
        : `the decision over ${JSON.stringify(id)} may be in a database that cannot be reached now`;
    throw new TransactionStateError(message);
  }
}
