import type { DriverConnection, RowStream, Statement } from "../driver/index.ts";
import { type Bounds, cancelGraceMs, runBounded } from "./bounds.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { StreamOptions } from "./executor.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { Hold } from "./hold.ts";
import { limited } from "./operation.ts";

/** A cursor on the server and the connection it lives on. */
export class OpenCursor {
  readonly #context: DatabaseContext;
  readonly #hold: Hold;
  readonly #text: string;
  readonly #bounds: Bounds;
  readonly #rows: RowStream;
  #failure: Failure | undefined;
  #reading: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    context: DatabaseContext,
    hold: Hold,
    statement: Statement,
    { fetchSize = 500, timeoutMs }: StreamOptions<unknown>,
    bounds: Bounds,
  ) {
    this.#context = context;
    this.#hold = hold;
    this.#text = statement.text;
    const limitMs = timeoutMs === undefined ? context.statementTimeoutMs : Number.POSITIVE_INFINITY;
    this.#bounds = limited(context, { limitMs }, bounds);
    try {
      this.#rows = openRows(hold.connection, statement, fetchSize, this.#bounds);
    } catch (error) {
      const failure = failureOf(context, hold.connection, error, statement.text);
      hold.end(failure);
      throw failure.error;
    }
  }

  /** The next batch; `null` after the last. */
  async read(): Promise<object[] | null> {
    const { connection } = this.#hold;
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    this.#reading = settled;
    try {
      const rows = await runBounded(this.#context, connection, this.#bounds, this.#text, () => this.#rows.read());
      if (rows === null) return null;
      // Asking again and again for nothing would never let anything else have its turn.
      if (rows.length === 0) throw new Error("the driver's stream gave a batch without rows");
      return this.#context.mapper(this.#rows.columns).toObjects(rows);
    } catch (error) {
      this.#failure = failureOf(this.#context, connection, error, this.#text);
      throw this.#failure.error;
    } finally {
      this.#reading = undefined;
      settle();
    }
  }

  /** Closes the cursor and gives the connection back; stops a read that is under way. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { connection } = this.#hold;
    const cut = this.#context.clock.setTimer(() => connection.destroy(), cancelGraceMs);
    try {
      if (this.#reading !== undefined) {
        await connection.cancel?.({ deadline: this.#context.clock.now() + cancelGraceMs });
        await this.#reading;
      }
      await this.#rows.close();
    } catch (error) {
      this.#failure ??= failureOf(this.#context, connection, error, this.#text);
    } finally {
      cut.cancel();
      this.#hold.end(this.#failure);
    }
  }
}

function openRows(connection: DriverConnection, statement: Statement, fetchSize: number, bounds: Bounds): RowStream {
  const { signal, deadline } = bounds;
  const rows = connection.stream?.(statement, { fetchSize, deadline, ...(signal !== undefined && { signal }) });
  if (rows === undefined) throw new Error("the driver declares streams but its connection has no stream()");
  return rows;
}
