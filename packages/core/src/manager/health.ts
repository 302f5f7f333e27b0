import { MdbError } from "../errors/index.ts";
import { acquireRequest, boundsFrom, type DatabaseContext, failureOf } from "../session/index.ts";

/** One database's answer. */
export interface Health {
  readonly status: "up" | "down";
  /** From asking to the answer, in milliseconds, waiting for a connection included. */
  readonly latencyMs: number;
  /** Why it is down. */
  readonly error?: MdbError;
}

/** Takes a connection and pings the server over it. Never rejects. */
export async function checkHealth(context: DatabaseContext, timeoutMs: number): Promise<Health> {
  const { clock, pool } = context;
  const started = clock.now();
  try {
    const bounds = boundsFrom(context, { timeoutMs });
    const lease = pool.tryAcquire() ?? (await pool.acquire(acquireRequest(bounds, undefined, false)));
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
    return { status: "down", latencyMs: clock.now() - started, ...(error instanceof MdbError && { error }) };
  }
}
