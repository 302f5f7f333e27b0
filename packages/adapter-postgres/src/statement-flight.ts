import type { ResultSet } from "@nsj/mdb-core";
import type { Encoded } from "./encoded.ts";
import { copyFromRefused, copyToRefused } from "./faults.ts";
import { type Ahead, Flight } from "./flight.ts";
import type { FlightSession } from "./flight-session.ts";
import type { NativeConnection, NativeField } from "./native.ts";
import { type OwnUsage, ownUnnamed } from "./own-statements.ts";
import { decodeRow, emptyShape, type RawRow, type Shape } from "./shapes.ts";
import type { Usage } from "./statements.ts";
import { affectedBy } from "./tags.ts";
import { numberText } from "./transaction-trace.ts";

/** One statement by the extended protocol, prepared under a name or not, all rows at once. */
export class StatementFlight extends Flight<ResultSet> {
  readonly #session: FlightSession;
  readonly #statement: Encoded;
  #usage: Usage;
  #shape: Shape | undefined;
  #fields: readonly NativeField[] | undefined;
  #parameterOids: readonly number[] = [];
  readonly #rows: RawRow[] = [];
  #tag = "";
  /** Whether the transaction's number is asked for behind the statement; "answering" once the statement itself is answered. */
  #trace: "no" | "asked" | "answering";
  #question: OwnUsage;

  constructor(session: FlightSession, ahead: Ahead, statement: Encoded, usage: Usage) {
    super(session.link, ahead);
    this.#session = session;
    this.#statement = statement;
    this.#usage = usage;
    this.#shape = usage.shape;
    this.#trace = session.trace.isTraced && session.trace.asks ? "asked" : "no";
    this.#question = this.#trace === "no" ? ownUnnamed : session.own(numberText);
  }

  protected get sql(): string {
    return this.#statement.text;
  }

  protected write(connection: NativeConnection): void {
    const { name, parse } = this.#usage;
    const { text, values, types } = this.#statement;
    if (parse) connection.parse({ name, text, types });
    // What keeps its name has to know the types of its parameters too.
    const describesAll = parse && name !== "" && values.length > 0;
    if (describesAll) {
      this.link.describing(this);
      connection.describe({ type: "S", name });
    }
    connection.bind({ statement: name, values });
    if (this.#shape === undefined && !describesAll) connection.describe({ type: "P", name: "" });
    connection.execute();
    if (this.#trace !== "no") {
      this.#trace = "asked";
      const { name: question, parse: isNew } = this.#question;
      if (isNew) connection.parse({ name: question, text: numberText });
      connection.bind({ statement: question, values: [] });
      connection.execute();
    }
    connection.sync();
  }

  protected override described(fields: readonly NativeField[]): void {
    this.#fields = fields;
    this.#shape = this.#session.shapes.of(fields);
  }

  override handleParameterDescription(oids: readonly number[]): void {
    this.#parameterOids = oids;
  }

  protected override row(row: RawRow): void {
    if (this.#trace === "answering") {
      this.#session.trace.told(row[0] ?? null);
      return;
    }
    const shape = this.#shape ?? emptyShape;
    this.#rows.push((shape.unknownOids.length === 0 ? decodeRow(row, shape) : row) as RawRow);
  }

  protected override completed(tag: string): void {
    if (this.#trace === "answering") {
      this.#question.ran();
      return;
    }
    if (this.#trace === "asked") this.#trace = "answering";
    this.#tag = tag;
    // What has a name is a query or a change of rows.
    if (this.#usage.name === "") this.#session.changes.completed(tag, this.#statement.text);
  }

  override handleCopyInResponse(connection: NativeConnection): void {
    this.failure = { error: copyFromRefused() };
    connection.sendCopyFail("not a bulk load");
    // The server takes no notice of a Sync while it waits for data, so the one that was sent is lost.
    connection.sync();
  }

  override handleCopyData(): void {
    this.failure ??= { error: copyToRefused() };
  }

  protected override recover(error: unknown): Ahead | undefined {
    const usage = this.#usage;
    const hasName = usage.name !== "" || this.#question.name !== "" || this.ahead.preludes.some(({ own }) => own);
    if (!hasName) return undefined;
    const again = this.#session.recover(this, this.#statement.key, usage, error, this.failedUnbound);
    if (again === undefined) return undefined;
    this.#usage = again.usage;
    this.#question = ownUnnamed;
    this.#shape = undefined;
    return again.ahead;
  }

  protected outcome(): ResultSet | Promise<ResultSet> {
    const usage = this.#usage;
    const shape = this.#shape ?? emptyShape;
    if (shape.unknownOids.length > 0) return this.#decodedLater(shape);
    if (usage.name !== "" && usage.parse) this.#session.parsed(this.#statement, usage, shape, this.#parameterOids);
    const result = { columns: shape.columns, rows: this.#rows, affected: affectedBy(this.#tag) };
    // Statements with a name are queries and changes of rows: nothing else has consequences for the session.
    const after = usage.name === "" ? this.#session.after(this.#tag) : undefined;
    return after === undefined ? result : after.then(() => result);
  }

  async #decodedLater(shape: Shape): Promise<ResultSet> {
    await this.#session.learnTypes(shape.unknownOids);
    this.#shape = this.#session.shapes.of(this.#fields ?? []);
    for (const row of this.#rows) decodeRow(row, this.#shape);
    return this.outcome();
  }
}
