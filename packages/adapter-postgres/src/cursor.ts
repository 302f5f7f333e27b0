import type { ColumnInfo, RowStream } from "@nsj/mdb-core";
import { typeLookUp, typesFrom } from "./catalogue.ts";
import type { Encoded } from "./encoded.ts";
import { type Ahead, Flight } from "./flight.ts";
import type { NativeConnection, NativeField } from "./native.ts";
import type { Session } from "./session.ts";
import { decodeRow, emptyShape, type RawRow, type Shape } from "./shapes.ts";

const portal = "mdb_rows";

interface Reader {
  readonly resolve: (rows: unknown[][]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A portal that is read in batches: Execute with a row limit and Flush for each, one Sync at the end. Works outside a transaction
 * too, because the portal lives until the Sync. While it is open, nothing else can use the connection.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export class CursorFlight extends Flight<void> {
  readonly #session: Session;
  readonly #statement: Encoded;
  readonly #fetchSize: number;
  #fields: readonly NativeField[] = [];
  #shape: Shape = emptyShape;
  #rows: RawRow[] = [];
  #reader: Reader | undefined;
  #state: "running" | "learning" | "suspended" | "ending" | "over" = "running";
  /** What the batch that has been read leads to, once its types are known. */
  #then: "suspended" | "ending" = "suspended";
  /** Answers to the question what its types are. */
  #types: RawRow[] = [];
  #failed: { readonly error: unknown } | undefined;

  constructor(session: Session, ahead: Ahead, statement: Encoded, fetchSize: number) {
    super(session.link, ahead);
    this.#session = session;
    this.#statement = statement;
    this.#fetchSize = fetchSize;
    this.result.then(
      () => this.#over(),
      (error: unknown) => this.#over({ error }),
    );
  }

  protected get sql(): string {
    return this.#statement.text;
  }

  get columns(): readonly ColumnInfo[] {
    return this.#shape.columns;
  }

  /** The next rows: of the batch that is on its way, or of one that this asks for. Empty at the end. */
  next(): Promise<unknown[][]> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      if (this.#state === "over") this.#answer();
      if (this.#state !== "suspended") return;
      this.#goOn();
      const { connection } = this.link.client;
      connection.execute({ portal, rows: this.#fetchSize });
      connection.flush();
    });
  }

  /** Ends it before its end. @throws what goes wrong only now, such as a constraint that is checked at the end of the statement. */
  async stop(): Promise<void> {
    const isKnown = this.#failed !== undefined;
    if (this.#state === "suspended") {
      this.#goOn();
      this.#end();
    }
    try {
      await this.result;
    } catch (error) {
      if (!isKnown) throw error;
    }
  }

  protected write(connection: NativeConnection): void {
    const { text, values, types } = this.#statement;
    connection.parse({ name: "", text, types });
    connection.bind({ portal, statement: "", values });
    connection.describe({ type: "P", name: portal });
    connection.execute({ portal, rows: this.#fetchSize });
    connection.flush();
  }

  protected override described(fields: readonly NativeField[]): void {
    this.#fields = fields;
    this.#shape = this.#session.shapes.of(fields);
  }

  protected override row(row: RawRow): void {
    if (this.#state === "learning") this.#types.push(row);
    else this.#rows.push((this.#isKnown ? decodeRow(row, this.#shape) : row) as RawRow);
  }

  protected override suspended(): void {
    this.#batchRead("suspended");
  }

  protected override completed(tag: string): void {
    if (this.#state === "learning") {
      this.#learned();
      return;
    }
    this.#session.changes.completed(tag, this.#statement.text);
    this.#batchRead("ending");
  }

  protected override refused(connection: NativeConnection): void {
    if (this.#state !== "ending") connection.sync();
    this.#state = "ending";
  }

  protected outcome(): void {}

  get #isKnown(): boolean {
    return this.#shape.unknownOids.length === 0;
  }

  #batchRead(then: "suspended" | "ending"): void {
    this.#then = then;
    if (this.#isKnown || this.failure !== undefined) this.#proceed();
    else this.#learn();
  }

  /** Asks what the types are, beside the open portal and ahead of the Sync. */
  #learn(): void {
    this.#state = "learning";
    const { text, values } = typeLookUp(this.#shape.unknownOids);
    const { connection } = this.link.client;
    connection.parse({ name: "", text });
    connection.bind({ statement: "", values });
    connection.execute();
    connection.flush();
  }

  #learned(): void {
    this.#state = "running";
    const { shapes } = this.#session;
    shapes.learn(this.#shape.unknownOids, typesFrom(this.#types));
    this.#shape = shapes.of(this.#fields);
    try {
      for (const row of this.#rows) decodeRow(row, this.#shape);
    } catch (error) {
      this.failure = { error };
    }
    this.#proceed();
  }

  #proceed(): void {
    // A value that could not be decoded ends the stream here.
    if (this.#then === "ending" || this.failure !== undefined) {
      this.#end();
      return;
    }
    this.#state = "suspended";
    this.link.answered(() => this.#answer());
  }

  #goOn(): void {
    this.#state = "running";
    this.link.asked(this);
  }

  #end(): void {
    this.#state = "ending";
    const { connection } = this.link.client;
    // In a transaction the portal, and its locks, would outlive the Sync.
    connection.close({ type: "P", name: portal });
    connection.sync();
  }

  #over(failed?: { readonly error: unknown }): void {
    this.#state = "over";
    this.#failed = failed;
    this.#answer();
  }

  #answer(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    const rows = this.#rows;
    this.#rows = [];
    if (this.#failed === undefined) reader.resolve(rows);
    else reader.reject(this.#failed.error);
  }
}

/** The rows of one statement, batch by batch, as core asks for them. */
export class CursorStream implements RowStream {
  readonly #session: Session;
  readonly #encode: () => Encoded;
  readonly #fetchSize: number;
  #flight: CursorFlight | undefined;
  #closed = false;

  /** @param encode - encodes the statement at the first read, so that a value which cannot be sent fails there */
  constructor(session: Session, encode: () => Encoded, fetchSize: number) {
    this.#session = session;
    this.#encode = encode;
    this.#fetchSize = fetchSize;
  }

  get columns(): readonly ColumnInfo[] {
    return this.#flight?.columns ?? [];
  }

  async read(): Promise<unknown[][] | null> {
    if (this.#closed) return null;
    if (this.#flight === undefined) {
      const statement = this.#encode();
      this.#session.changes.sent(statement.text);
      this.#flight = await this.#session.sendAlone(
        (ahead) => new CursorFlight(this.#session, ahead, statement, this.#fetchSize),
      );
    }
    const rows = await this.#flight.next();
    return rows.length === 0 ? null : rows;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#flight?.stop();
  }
}
