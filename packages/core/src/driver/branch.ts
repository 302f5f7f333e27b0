/**
 * One database's part of a transaction over several: what it is prepared under. The three parts are ASCII letters and digits, so that they fit
 * into any engine's identifier as they are.
 */
export interface Branch {
  /** Names the store in which the transaction is decided: 11 characters. */
  readonly store: string;
  /** Names the transaction: 22 characters. */
  readonly transaction: string;
  /** Which of the transaction's branches, from 1. */
  readonly number: number;
}

/** What a prepared transaction is waiting for. */
export type BranchEnd = "commit" | "rollback";

/** A prepared transaction that `listPrepared` has found. */
export interface PreparedBranch {
  /** Absent for one that was not prepared by this library: it is listed, and never touched. */
  readonly branch?: Branch;
  /** The engine's own identifier, for people. */
  readonly identifier: string;
  /** When it was prepared by the server's clock, in milliseconds since 1970; absent where the engine does not tell. */
  readonly preparedAt?: number;
}

/** How a branch answered when it was asked to prepare. */
export interface Vote {
  /** `"read-only"`: it had written nothing, and has ended; there is nothing to finish. */
  readonly vote: "prepared" | "read-only";
  /** The server's own number of the transaction, for `fateOf`. */
  readonly native?: string;
}

/** What every identifier of ours begins with. */
const prefix = "mdb1";

const shape = /^mdb1:([0-9a-z]{11}):([0-9a-z]{22}):([1-9]\d{0,3})$/;

/** The identifier of a branch where the engine takes one text: `mdb1:store:transaction:number`, 45 characters at most. */
export function branchIdentifier({ store, transaction, number }: Branch): string {
  return `${prefix}:${store}:${transaction}:${number}`;
}

/** The branch of such an identifier; `undefined` for any other text. */
export function readBranchIdentifier(identifier: string): Branch | undefined {
  const [, store, transaction, number] = shape.exec(identifier) ?? [];
  if (store === undefined || transaction === undefined || number === undefined) return undefined;
  return { store, transaction, number: Number(number) };
}
