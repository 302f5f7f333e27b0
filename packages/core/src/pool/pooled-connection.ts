import type { DriverConnection } from "../driver/index.ts";
import type { Holder } from "./holder.ts";

/** Where an established connection is in its life. It is in exactly one of these states. */
export type ConnectionState = "idle" | "leased" | "validating" | "resetting" | "closing" | "gone";

/** Why a connection went. */
export const destroyReasons = [
  "died", // the server or the network ended it
  "validation", // a check before use, or a keepalive, failed
  "reset", // it came back in use and could not be cleaned
  "released", // its holder asked for it
  "idle", // nobody used it for `idleTimeoutMs`
  "lifetime", // older than `maxLifetimeMs`
  "uses", // lent `maxUses` times
  "replaced", // it made room for a new connection that somebody insisted on
  "unfit", // its server is no longer of the kind that was asked for
  "evicted", // `evict()`
  "yielded", // another pool of the same budget needed the room
  "hold-limit", // held longer than `holdLimitMs`
  "leaked", // its lease was garbage before it was released
  "closed", // the pool closed
] as const;

/** Why a connection went. */
export type DestroyReason = (typeof destroyReasons)[number];

/** One established connection and what the pool knows of it. Internal to the pool; all times are on the pool's clock. */
export class PooledConnection {
  readonly connection: DriverConnection;
  readonly openedAt: number;
  /** After this moment it is not lent again. */
  readonly expiresAt: number;
  /** How long it may rest before a keepalive. */
  readonly keepaliveAfterMs: number;
  state: ConnectionState = "idle";
  /** When it was last given back, or opened. */
  usedAt: number;
  /** When it was last seen alive. */
  provenAt: number;
  uses = 0;
  /** It has done work, or answered a check, since it was opened. */
  confirmed = false;
  /** What the pool suspected when it was last proven alive; see `Suspicion`. */
  suspicionSeen: number;
  /** Set while somebody has it, or a check runs, when it must not be lent again. */
  doomed: DestroyReason | undefined = undefined;
  /** The database lives in it, so it was kept although it could not be cleaned: that comes before the next lease. */
  unclean = false;

  /** Of the current lease. */
  leasedAt = 0;
  waitedMs = 0;
  holder: Holder | undefined = undefined;
  /** Where the lease was taken, with leak detection on. */
  takenBy: Error | undefined = undefined;
  holdReported = false;

  constructor(
    connection: DriverConnection,
    now: number,
    facts: { readonly expiresAt: number; readonly keepaliveAfterMs: number; readonly suspicionSeen: number },
  ) {
    this.connection = connection;
    this.openedAt = now;
    this.usedAt = now;
    this.provenAt = now;
    this.expiresAt = facts.expiresAt;
    this.keepaliveAfterMs = facts.keepaliveAfterMs;
    this.suspicionSeen = facts.suspicionSeen;
  }
}
