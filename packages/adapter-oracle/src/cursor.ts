import type { ColumnInfo, RowStream, Statement } from "@nsj/mdb-core";
import { type ColumnPlan, planOf } from "./columns.ts";
import type { NativeResultSet } from "./native.ts";
import { canonical } from "./results.ts";

/** What a stream needs of its connection. */
export interface CursorHost {
  /** Runs the statement, and fetches so many rows with it; `undefined` where it gives none. */
  open(statement: Statement, fetchSize: number): Promise<NativeResultSet | undefined>;
  /** Runs one more call of the driver. */
  call<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Rows of a query in batches, each of them one round trip; the server's cursor stays where it is in between. */
export class OracleCursor implements RowStream {
  readonly #host: CursorHost;
  readonly #statement: Statement;
  readonly #fetchSize: number;
  #rows: NativeResultSet | undefined;
  #plans: readonly ColumnPlan[] = [];
  #state: "new" | "open" | "over" = "new";

  constructor(host: CursorHost, statement: Statement, fetchSize: number) {
    this.#host = host;
    this.#statement = statement;
    this.#fetchSize = fetchSize;
  }

  get columns(): readonly ColumnInfo[] {
    return this.#plans.map(({ info }) => info);
  }

  async read(): Promise<unknown[][] | null> {
    if (this.#state === "over") return null;
    if (this.#state === "new") {
      this.#state = "open";
      this.#rows = await this.#orOver(() => this.#host.open(this.#statement, this.#fetchSize));
      this.#plans = this.#rows?.metaData.map(planOf) ?? [];
    }
    const rows = this.#rows;
    if (rows === undefined) {
      this.#state = "over";
      return null;
    }
    const batch = await this.#orOver(() =>
      this.#host.call(async () => {
        const portion = await rows.getRows(this.#fetchSize);
        await canonical(portion, this.#plans);
        return portion;
      }),
    );
    if (batch.length < this.#fetchSize) await this.close();
    return batch.length === 0 ? null : batch;
  }

  async close(): Promise<void> {
    this.#state = "over";
    const rows = this.#rows;
    this.#rows = undefined;
    // Costs no round trip: the server hears of it with the next call.
    await rows?.close().catch(() => undefined);
  }

  /** A stream that has failed is over. */
  async #orOver<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      await this.close();
      throw error;
    }
  }
}
