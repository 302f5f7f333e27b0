import type { Clock } from "../driver/index.ts";
import type { ConnectionSource } from "./connection-source.ts";
import type { Health } from "./health.ts";
import type { Inventory } from "./inventory.ts";
import type { CheckedPoolOptions } from "./options.ts";
import type { PoolFailures } from "./pool-failures.ts";
import type { Reports } from "./reports.ts";
import type { Shedding } from "./shedding.ts";
import type { Counters } from "./stats.ts";
import type { Suspicion } from "./suspicion.ts";

/** What the parts of one pool share. */
export interface PoolParts {
  readonly source: ConnectionSource;
  readonly options: CheckedPoolOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** `pool.max`, or less where the engine has room for less. */
  readonly max: number;
  /** The database lives in its one connection: losing it loses the data, so it is never closed while the pool is open. */
  readonly permanent: boolean;
  readonly inventory: Inventory;
  readonly health: Health;
  readonly suspicion: Suspicion;
  readonly shedding: Shedding;
  readonly counters: Counters;
  readonly reports: Reports;
  readonly failures: PoolFailures;
  /** Runs work of the pool's own outside the async context of whichever caller caused it. */
  readonly inOwnContext: <R>(work: () => R) => R;
  /** Asks for a tick of the pool's upkeep at this moment, or before. */
  readonly wake: (at: number) => void;
}
