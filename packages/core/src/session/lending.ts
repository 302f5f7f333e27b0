import type { MdbError } from "../errors/index.ts";
import type { LeasePool } from "../pool/index.ts";

/** What lends connections in the place of a database's pool, in tests. */
export interface StandIn extends LeasePool {
  /** Why nobody can have a connection for himself, outside of any transaction. */
  refusePinning(): MdbError;
}

/** Where a database's connections come from: its pool, or what a helper of tests has put in its place. */
export interface Lending {
  readonly pool: LeasePool;
  readonly standIn: StandIn | undefined;
  /** Puts something in the pool's place from now on; `undefined` brings the pool back. */
  lendFrom(standIn: StandIn | undefined): void;
}

/** Whether what is done on a database is undone after a test. */
export function isUndoneLater({ lending }: { readonly lending: Lending | undefined }): boolean {
  return lending?.standIn !== undefined;
}
