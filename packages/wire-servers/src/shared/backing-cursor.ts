import type pg from "pg";

/** A value for PostgreSQL: text in the input syntax of its type, or the bytes of a `bytea`. */
export type BackingValue = string | Buffer | null;

/** One row, every value in PostgreSQL's own output syntax (`bytea` as `\x...`). */
export type BackingRow = (string | null)[];

/** What PostgreSQL says about a column of a result. */
export interface BackingColumn {
  readonly name: string;
  readonly typeOid: number;
  /** `-1` when the type has none. */
  readonly typeModifier: number;
  /** The table that the column comes from, and its number there; 0 for an expression. */
  readonly tableOid: number;
  readonly columnNumber: number;
}

/** What pg's field description says. */
export function backingColumn(field: pg.FieldDef): BackingColumn {
  return {
    name: field.name,
    typeOid: field.dataTypeID,
    typeModifier: field.dataTypeModifier,
    tableOid: field.tableID,
    columnNumber: field.columnID,
  };
}

/** The part of pg's connection that a query object drives; see `Submittable` in its documentation. */
interface Wire {
  parse(message: { text: string }, more: boolean): void;
  bind(message: { values: readonly BackingValue[] }, more: boolean): void;
  describe(message: { type: "P" }, more: boolean): void;
  execute(message: { rows: number }, more: boolean): void;
  flush(): void;
  sync(): void;
}

/** What a cursor needs of the session that it runs on. */
export interface CursorSession {
  /** Submits the cursor to its client. */
  readonly start: () => void;
  /** Waits until the server takes the next statement. */
  readonly ready: () => Promise<void>;
  /** Runs one exchange with the server. */
  readonly exchange: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Ends the exchange with the first portion, which saves a round trip; rows beyond it are lost. */
  readonly onePortion: boolean;
}

/**
 * Rows that are pulled in portions. Nothing else may run on the session until `read` gave an empty portion or an error, or `close`
 * has settled. Made by `PostgresSession.cursor`.
 */
export class BackingCursor implements pg.Submittable {
  readonly #text: string;
  readonly #values: readonly BackingValue[];
  readonly #session: CursorSession;
  #wire: Wire | undefined;
  #state: "new" | "reading" | "suspended" | "done" = "new";
  #portionSize = 0;
  #rows: BackingRow[] = [];
  #settle: { readonly resolve: (rows: BackingRow[]) => void; readonly reject: (error: Error) => void } | undefined;
  #columns: readonly BackingColumn[] = [];
  #command = "";
  #counted = 0;
  #complete = true;
  #tagCount: number | null = null;

  constructor(text: string, values: readonly BackingValue[], session: CursorSession) {
    this.#text = text;
    this.#values = values;
    this.#session = session;
  }

  /** Known after the first `read`; empty for a statement that returns no rows. */
  get columns(): readonly BackingColumn[] {
    return this.#columns;
  }

  /** `"SELECT"`, `"INSERT"`, ...; known at the end. */
  get command(): string {
    return this.#command;
  }

  /** Rows inserted, updated, deleted or returned; `null` where PostgreSQL does not count. Known at the end. */
  get rowCount(): number | null {
    return this.#command === "SELECT" ? this.#counted : this.#tagCount;
  }

  /** `false` when rows were lost because only one portion was wanted. */
  get complete(): boolean {
    return this.#complete;
  }

  /** `true` once the last row was given. */
  get finished(): boolean {
    return this.#state === "done";
  }

  /** The next rows, at most so many (0: all of them); fewer than that, or `finished`, after the last. */
  read(count: number): Promise<BackingRow[]> {
    if (this.#state === "done") return Promise.resolve([]);
    return this.#session.exchange(() => this.#read(count));
  }

  async #read(count: number): Promise<BackingRow[]> {
    this.#portionSize = count;
    this.#rows = [];
    const portion = new Promise<BackingRow[]>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    if (this.#state === "new") {
      this.#state = "reading";
      this.#session.start();
    } else {
      this.#state = "reading";
      this.#wire?.execute({ rows: count }, true);
      this.#wire?.flush();
    }
    try {
      return await portion;
    } finally {
      // The session is free, and its transaction status true, only once the server has said that it is ready.
      if (this.finished) await this.#session.ready();
    }
  }

  /** Gives up on the rest. */
  async close(): Promise<void> {
    if (this.#state !== "suspended") return;
    this.#state = "done";
    this.#wire?.sync();
    await this.#session.ready();
  }

  submit(connection: unknown): void {
    const wire = connection as Wire;
    this.#wire = wire;
    wire.parse({ text: this.#text }, true);
    wire.bind({ values: this.#values }, true);
    wire.describe({ type: "P" }, true);
    wire.execute({ rows: this.#portionSize }, true);
    if (this.#session.onePortion) wire.sync();
    else wire.flush();
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.#columns = fields.map(backingColumn);
  }

  handleDataRow({ fields }: { readonly fields: BackingRow }): void {
    this.#rows.push(fields);
    this.#counted += 1;
  }

  handlePortalSuspended(): void {
    this.#complete = !this.#session.onePortion;
    this.#state = this.#session.onePortion ? "done" : "suspended";
    this.#settle?.resolve(this.#rows);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    // "SELECT 5", "INSERT 0 3", "UPDATE 3", "CREATE TABLE": the last number counts rows.
    const [command = text] = text.match(/^[A-Z ]*[A-Z]/) ?? [];
    const [count] = text.match(/\d+$/) ?? [];
    this.#command = command;
    this.#tagCount = count === undefined ? null : Number(count);
    this.#end();
  }

  handleEmptyQuery(): void {
    this.#end();
  }

  handleReadyForQuery(): void {}

  handleError(error: Error): void {
    const gone = this.#state === "done";
    this.#state = "done";
    if (!gone && !this.#session.onePortion) this.#wire?.sync();
    this.#settle?.reject(error);
  }

  #end(): void {
    this.#state = "done";
    if (!this.#session.onePortion) this.#wire?.sync();
    this.#settle?.resolve(this.#rows);
  }
}
