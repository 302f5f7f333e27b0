import type { SessionContext } from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { ConnectionBudget } from "../pool/index.ts";
import type { DatabaseOptions } from "./definitions.ts";

/** What makes a database one of several behind a label. */
export interface Membership {
  /** Which one it is: with the label, what transactions are joined by. */
  readonly key: string;
  /** The group that metrics count it in, where they tell the members apart. */
  readonly group?: string | undefined;
  /**
   * Why the calling code must not use a session, transaction or connection of this member, asked at each call on one; `undefined` where it may.
   * Synchronous.
   */
  readonly refusal?: (() => MdbError | undefined) | undefined;
}

/** How a member with a pool of its own is opened. */
export interface MemberOptions extends Membership {
  /** What its pool shares with others. */
  readonly budget?: ConnectionBudget | undefined;
  /** At most this many connections, whatever its definition says. */
  readonly maxConnections?: number | undefined;
  /** At most this many callers wait for one, whatever its definition says. */
  readonly maxWaiting?: number | undefined;
  /** Asked at each connect in place of the definition's own password, where that is a function. */
  readonly password?: (() => unknown) | undefined;
}

/** How a member in another label's pool is opened. */
export interface SharedMemberOptions extends Membership {
  /** What travels with everything that it sends. */
  readonly context: SessionContext;
  /** At most this many connections of the pool at a time. */
  readonly maxConnections?: number | undefined;
  /** At most this many callers wait. */
  readonly maxWaiting?: number | undefined;
  readonly hookTimeoutMs?: DatabaseOptions["hookTimeoutMs"];
}

/** Of two limits in milliseconds the one that holds where both are given; `Infinity` where none is. */
export function least(one = Number.POSITIVE_INFINITY, other = Number.POSITIVE_INFINITY): number {
  return Math.min(one, other);
}
