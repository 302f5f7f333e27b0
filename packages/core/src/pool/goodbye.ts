import type { PoolState } from "./pool-state.ts";
import type { DestroyReason, PooledConnection } from "./pooled-connection.ts";
import { within } from "./within.ts";

/** How long a server may take to stop a statement before its connection is cut all the same. */
const stopGraceMs = 2_000;

/** How long the goodbye of a connection may take that another pool waits for; then it is cut. */
const yieldGraceMs = 500;

/** Says goodbye to the server, and cuts the connection when that takes too long. Gives what went wrong. Never rejects. */
export async function sayGoodbye(
  state: PoolState,
  { connection }: PooledConnection,
  reason: DestroyReason,
): Promise<unknown> {
  const { clock, options } = state;
  // While the pool is being closed somebody awaits it.
  if (state.closed) connection.ref?.();
  const keepProcessAlive = state.closed;
  const limitMs = reason === "yielded" ? Math.min(yieldGraceMs, options.closeTimeoutMs) : options.closeTimeoutMs;
  try {
    await within(clock, limitMs, (context) => connection.close(context), { keepProcessAlive });
    return undefined;
  } catch (error) {
    connection.destroy(error);
    return error;
  }
}

/** Stops on the server what runs, then cuts the connection. Gives what went wrong. Never rejects. */
export async function stopWork(state: PoolState, { connection }: PooledConnection): Promise<unknown> {
  const { clock, options } = state;
  const graceMs = Math.min(stopGraceMs, options.closeTimeoutMs);
  let failure: unknown;
  try {
    await within(clock, graceMs, (context) => connection.cancel?.(context), { keepProcessAlive: state.closed });
  } catch (error) {
    failure = error;
  }
  connection.destroy();
  return failure;
}
