import type { LeaseSite } from "./deadlock.ts";

/**
 * Somebody who holds or waits for connections: a transaction, a session, a single statement. The session layer makes one for each
 * scope and links it to the scope around it; from these links the pools see when everybody waits for each other.
 */
export class Holder {
  /** The scope around this one, which cannot end before it. */
  readonly parent: Holder | undefined;
  /** What it is, for messages: "transaction", "session". */
  readonly describe: string | undefined;
  /** Kept by the pools: how many leases it holds itself. */
  leases = 0;
  /** Kept by the pools: where it, or a scope inside it, waits; one entry for each waiter. */
  waits: LeaseSite[] | undefined = undefined;

  constructor(parent?: Holder, describe?: string) {
    this.parent = parent;
    this.describe = describe;
  }
}
