import type { ColumnInfo, RowStream } from "@nsj/mdb-core";
import type { Answers, Request } from "./protocol.ts";
import { columnInfo, decodeRows } from "./result-set.ts";

/** Rows of a cursor. The cursor is opened by the first `read`. */
export class ReferenceStream implements RowStream {
  columns: readonly ColumnInfo[] = [];
  readonly #ask: (request: Request) => Promise<unknown>;
  readonly #open: Request;
  readonly #fetchSize: number;
  #state: "new" | "open" | "done" = "new";

  constructor(ask: (request: Request) => Promise<unknown>, open: Request, fetchSize: number) {
    this.#ask = ask;
    this.#open = open;
    this.#fetchSize = fetchSize;
  }

  async read(): Promise<unknown[][] | null> {
    if (this.#state === "new") {
      const { columns } = (await this.#ask(this.#open)) as Answers["open-cursor"];
      this.columns = columns.map(columnInfo);
      this.#state = "open";
    }
    if (this.#state === "done") return null;
    const { rows, done } = (await this.#ask({ op: "fetch", count: this.#fetchSize })) as Answers["fetch"];
    if (done) this.#state = "done";
    return rows.length === 0 ? null : decodeRows(rows, this.columns);
  }

  async close(): Promise<void> {
    const open = this.#state === "open";
    this.#state = "done";
    if (open) await this.#ask({ op: "close-cursor" });
  }
}
