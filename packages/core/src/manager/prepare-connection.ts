import type { DriverConnection, OperationContext } from "../driver/index.ts";
import { type DatabaseContext, holdingScope, PinnedConnection, unbounded } from "../session/index.ts";
import type { DatabaseOptions } from "./definitions.ts";

/** Runs the user's `onConnect` on a new connection; when it fails, the connection is gone. */
export async function prepareConnection(
  context: DatabaseContext,
  connection: DriverConnection,
  operation: OperationContext,
  onConnect: NonNullable<DatabaseOptions["onConnect"]>,
): Promise<void> {
  const pinned = new PinnedConnection(context, connection, holdingScope(context, "onConnect of"), unbounded);
  const late = Number.isFinite(operation.deadline)
    ? context.clock.setTimer(() => connection.destroy(), operation.deadline - context.clock.now())
    : undefined;
  try {
    await pinned.use(async () => onConnect(pinned));
    // What it has set is how every borrower finds the session.
    if (connection.dirty === true) connection.dirty = false;
  } catch (error) {
    connection.destroy(error);
    throw error;
  } finally {
    late?.cancel();
  }
}
