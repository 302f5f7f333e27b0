import type { DriverConnection } from "../driver/index.ts";
import type { ConnectAttempt } from "./connect-attempt.ts";
import type { Holder, RevokeReason } from "./holder.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";

/** What a lease tells of its holder, when it lasts too long or is lost. */
export interface HoldReport {
  readonly type: "long-hold" | "leak" | "hold-limit";
  readonly heldMs: number;
  readonly holder: string | undefined;
  readonly takenBy: Error | undefined;
}

/** What a lease was that is over. */
export interface ReleasedLease {
  readonly heldMs: number;
  readonly waitedMs: number;
  readonly holder: string | undefined;
}

/**
 * What a decision of the pool asks for: work of a driver, or a word to the outside. The pool's state has been changed already when an
 * effect is carried out, so whatever happens meanwhile finds it whole.
 */
export type Effect =
  | { readonly kind: "connect"; readonly attempt: ConnectAttempt }
  | { readonly kind: "abandon"; readonly attempt: ConnectAttempt; readonly reason: unknown }
  /** A connection came too late to be used. */
  | { readonly kind: "discard"; readonly connection: DriverConnection }
  /** A connection was opened: from now on its death is heard. */
  | { readonly kind: "adopt"; readonly pooled: PooledConnection }
  | { readonly kind: "check"; readonly pooled: PooledConnection; readonly unlikely: boolean }
  | { readonly kind: "clean"; readonly pooled: PooledConnection; readonly session: boolean }
  | { readonly kind: "close"; readonly pooled: PooledConnection; readonly reason: DestroyReason }
  /** Tells a holder that its lease is over. */
  | { readonly kind: "revoke"; readonly holder: Holder; readonly reason: RevokeReason }
  /** Stops on the server what runs, then destroys. */
  | { readonly kind: "stop"; readonly pooled: PooledConnection; readonly reason: DestroyReason }
  | {
      readonly kind: "destroy";
      readonly pooled: PooledConnection;
      readonly reason: DestroyReason;
      readonly error: unknown;
    }
  /** Callers wait for what other pools of the budget have. */
  | { readonly kind: "starve" }
  | Word;

/** A word to the outside. */
export type Word =
  | { readonly kind: "tell-kept"; readonly reason: DestroyReason; readonly error: unknown }
  | ({ readonly kind: "tell-released" } & ReleasedLease)
  | { readonly kind: "tell-hold"; readonly report: HoldReport };
