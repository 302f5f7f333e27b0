import type { Database } from "@nsj/mdb-core";
import type { FakeClock } from "@nsj/mdb-testkit";

/** What the model plays on: a database with the table `model (id integer primary key)`, on the fake clock. */
export interface Ground {
  readonly database: Database;
  readonly clock: FakeClock;
  /** Whether two transactions can write at once; where not, one that is begun inside of another only reads. */
  readonly manyWriters: boolean;
  /** Whether answers come from another process: then time passes no faster than they can. */
  readonly remote?: boolean | undefined;
  /** Ends the server's side of every connection that is open now; absent where there is no such thing. */
  readonly kill?: (() => Promise<void>) | undefined;
}
