import {
  MdbError,
  PoolDeadlockError,
  PoolOverloadedError,
  PoolQueueFullError,
  PoolTimeoutError,
} from "../errors/index.ts";
import { borrow, boundsFrom, type DatabaseContext, failureOf } from "../session/index.ts";

/** One database's answer. */
export interface Health {
  /**
   * `"up"`: the server answered. `"busy"`: every connection was in use all the time, so that none was left to ask with; a reason to send
   * less work, none to restart anything. `"down"`: the server cannot be reached, or did not answer in time.
   */
  readonly status: "up" | "busy" | "down";
  /** From asking to the answer, in milliseconds, waiting for a connection included. */
  readonly latencyMs: number;
  /** Why it is busy or down. */
  readonly error?: MdbError;
}

/** Takes a connection and pings the server over it. Never rejects. */
export async function checkHealth(context: DatabaseContext, timeoutMs: number): Promise<Health> {
  const { clock } = context;
  const started = clock.now();
  try {
    const bounds = boundsFrom(context, { timeoutMs });
    const lease = await borrow(context, bounds, undefined);
    const { connection } = lease;
    try {
      await connection.ping?.({ deadline: bounds.deadline });
      lease.release();
    } catch (error) {
      const failure = failureOf(context, connection, error);
      lease.release({ error: failure.connection === "ok" ? "suspect" : failure.connection });
      throw failure.error;
    }
    return { status: "up", latencyMs: clock.now() - started };
  } catch (error) {
    const status = isSaturated(context, error) ? "busy" : "down";
    return { status, latencyMs: clock.now() - started, ...(error instanceof MdbError && { error }) };
  }
}

const turnedAway = [PoolTimeoutError, PoolQueueFullError, PoolOverloadedError, PoolDeadlockError];

/** Whether there was no connection to ask with because all of them are in use, and not because none can be opened. */
function isSaturated({ pool }: DatabaseContext, error: unknown): boolean {
  if (!turnedAway.some((it) => error instanceof it)) return false;
  const { busy, connecting, health, idle } = pool.stats();
  return busy > 0 && idle === 0 && connecting === 0 && health === "ok";
}
