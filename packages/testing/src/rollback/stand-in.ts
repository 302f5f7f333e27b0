import type {
  AcquireTrace,
  Capabilities,
  Clock,
  Database,
  DialectFacts,
  DriverConnection,
  MdbError,
  PoolStats,
} from "@nsj/mdb-core";

/** The door of a database through which something else lends connections than its pool. */
const lendFrom: unique symbol = Symbol.for("@nsj/mdb/lend-from") as never;

/** Who holds or waits for a connection; as the pool sees it. */
export interface Holder {
  readonly parent: Holder | undefined;
  leases: number;
  readonly waits: readonly unknown[] | undefined;
  readonly busy: number;
  readonly activeAt: number;
}

/** What a connection is asked for with. */
export interface Request {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: number | undefined;
  readonly bounded?: boolean | undefined;
  readonly holder?: Holder | undefined;
}

/** What came of the use of a connection. */
export interface Outcome {
  readonly error?: "ok" | "suspect" | "dead" | undefined;
  readonly dirty?: boolean | undefined;
  readonly answered?: boolean | undefined;
}

/** A connection that was lent. */
export interface Borrowed {
  readonly connection: DriverConnection;
  readonly revoked: boolean;
  release(outcome?: Outcome): void;
}

/** What lends connections. */
export interface Lender {
  readonly closed: boolean;
  stats(): PoolStats;
  tryAcquire(holder?: Holder): Borrowed | undefined;
  acquire(request?: Request): Promise<Borrowed>;
}

/** What stands in for a pool. */
export interface StandIn extends Lender {
  refusePinning(): MdbError;
}

/** What a stand-in knows of its database. */
export interface Place extends Pick<AcquireTrace, "database" | "engine"> {
  readonly lending: { readonly pool: Lender } | undefined;
  readonly capabilities: Capabilities;
  readonly dialect: DialectFacts;
  readonly clock: Clock;
  readonly patienceMs: number;
}

/**
 * Puts something in the place of a database's pool; `undefined` brings the pool back.
 * @throws UnsupportedError for a label that stands for several databases
 */
export function standIn(database: Database, make: ((place: Place) => StandIn) | undefined): void {
  (database as unknown as { [lendFrom](make: ((place: Place) => StandIn) | undefined): void })[lendFrom](make);
}
