import type { Capabilities, DriverConnection, MaybePromise, OperationContext } from "../driver/index.ts";

/** How the state that a holder left behind was removed. */
export type PutBack =
  | "done"
  /** It will be, ahead of the next statement. */
  | "deferred"
  /** The session was touched, and this driver cannot reset one. */
  | "impossible";

/**
 * Removes what a holder left behind, in as few round trips as the engine allows: none where the reset travels with the next statement.
 *
 * @param session - settings, temporary tables or locks were touched too, not only a transaction left open
 */
export function putBack(
  connection: DriverConnection,
  session: boolean,
  capabilities: Capabilities,
  context: OperationContext,
): MaybePromise<PutBack> {
  const deferred = capabilities.reset === "deferred" && connection.reset !== undefined;
  if (deferred || connection.txStatus === "idle") return resetOf(connection, session, context);
  const rolledBack = connection.rollback();
  if (isPromise(rolledBack)) return rolledBack.then(() => (session ? resetOf(connection, true, context) : "done"));
  return session ? resetOf(connection, true, context) : "done";
}

function resetOf(connection: DriverConnection, session: boolean, context: OperationContext): MaybePromise<PutBack> {
  if (connection.reset === undefined) return session ? "impossible" : "done";
  return connection.reset({ scope: session ? "session" : "transaction" }, context);
}

/** Says whether a driver answered later, or at once. */
export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value;
}
