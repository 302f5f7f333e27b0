import type { ColumnInfo, RowStream, Statement } from "@nsj/mdb-core";
import { describeColumns } from "./columns.ts";
import type { Link } from "./link.ts";
import type { NativeRequest } from "./native.ts";
import { valuesOf } from "./result-sets.ts";
import type { Encoded, Statements } from "./statements.ts";

/** How long a server may take to acknowledge that a stream was left early; then it loses the connection. */
const leaveWithinMs = 5_000;

/**
 * The rows of a statement in batches. There is no cursor on the server: the request is paused when a batch is full, which stops reading
 * from the socket, and so stops the server. Of several result sets it gives the first.
 */
export class SocketStream implements RowStream {
  readonly #link: Link;
  readonly #statements: Statements;
  readonly #prepare: () => Promise<void>;
  readonly #statement: Statement;
  readonly #fetchSize: number;
  #request: NativeRequest | undefined;
  #columns: readonly ColumnInfo[] = [];
  #sets = 0;
  #rows: unknown[][] = [];
  #finished: Promise<void> | undefined;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  /** `prepare` runs before the statement is sent. */
  constructor(
    link: Link,
    statements: Statements,
    prepare: () => Promise<void>,
    statement: Statement,
    fetchSize: number,
  ) {
    this.#link = link;
    this.#statements = statements;
    this.#prepare = prepare;
    this.#statement = statement;
    this.#fetchSize = fetchSize;
  }

  get columns(): readonly ColumnInfo[] {
    return this.#columns;
  }

  async read(): Promise<unknown[][] | null> {
    if (this.#finished === undefined) {
      const encoded = this.#statements.encode(this.#statement);
      await this.#prepare();
      this.#start(encoded);
    }
    this.#request?.resume();
    while (this.#rows.length < this.#fetchSize && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#rows.length > 0) return this.#rows.splice(0, this.#fetchSize);
    if (this.#failure !== undefined) throw this.#failure.error;
    return null;
  }

  async close(): Promise<void> {
    this.#rows = [];
    if (this.#finished === undefined || this.#over) return;
    // Leaving early: without an attention the server would go on sending every row.
    await this.#link.cancel({ deadline: this.#link.clock.now() + leaveWithinMs });
    await this.#finished;
  }

  #start(encoded: Encoded): void {
    const sent = this.#statements.send(encoded, (request) => {
      this.#request = request;
      request.on("columnMetadata", (columns) => {
        this.#sets += 1;
        if (this.#sets === 1) this.#columns = describeColumns(columns);
      });
      request.on("row", (cells) => {
        if (this.#sets !== 1) return;
        this.#rows.push(valuesOf(cells));
        if (this.#rows.length < this.#fetchSize) return;
        request.pause();
        this.#wake();
      });
    });
    this.#finished = sent.then(
      () => this.#end(undefined),
      (error) => this.#end({ error }),
    );
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    this.#over = true;
    this.#failure = failure;
    this.#wake();
  }
}
