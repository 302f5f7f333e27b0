import type { DatabaseDefinition, PoolOptions } from "@nsj/mdb-core";
import type { FakeClock, Leftover } from "@nsj/mdb-testkit";

/** What the model plays on: one engine's database with the empty table `model (id integer primary key)`. */
export interface Ground {
  readonly clock: FakeClock;
  /** How to connect. */
  definition(pool: PoolOptions): DatabaseDefinition;
  /** Makes the table where the database lives no longer than its connection. */
  readonly setUp?: string | undefined;
  /** Whether two transactions can write at once; where not, one that is begun inside of another only reads. */
  readonly manyWriters: boolean;
  /** Whether answers come through sockets, be it from this process: then time passes no faster than they can. */
  readonly remote: boolean;
  /** The most connections; 4 unless the engine has fewer. */
  readonly max?: number | undefined;
  /** What a server does that goes on by itself when it has lost a client. Absent where there is none. */
  readonly server?: GroundServer | undefined;
  /** Ends every connection that is open now, as a network or an administrator does. Absent where there is no such thing. */
  readonly kill?: (() => Promise<void>) | undefined;
  /** What can be left in a session by a statement that may run again and again, and locks nobody out. */
  readonly leftovers: readonly Leftover[];
  /** A statement that ends its transaction in a way that is seen only by what the server answers. */
  readonly endsTransaction?: string | undefined;
}

/** A server, seen past the pool. */
export interface GroundServer {
  /** Inserts the row `:id` so slowly that much can happen meanwhile. */
  readonly slowInsert: string;
  /** Whether it works on something, be it for clients that it has lost. */
  isWorking(): Promise<boolean>;
  /** Whether everybody sees the row. */
  has(id: number): Promise<boolean>;
}
