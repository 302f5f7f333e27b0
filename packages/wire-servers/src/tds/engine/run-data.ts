import type { ResponseStream } from "../protocol/response-stream.ts";
import type { Insert, Select, Statement } from "../tsql/ast.ts";
import { Emission, emitName } from "../tsql/emission.ts";
import { type EmittedChange, emitDelete, emitInsert, emitMerge, emitUpdate } from "../tsql/emit-change.ts";
import { emitQuery, leftmostSelect, type StaticColumn } from "../tsql/emit-query.ts";
import { triggerCount } from "../tsql/emit-trigger.ts";
import { isBackingFailure } from "./failure.ts";
import type { Frame } from "./frame.ts";
import { knownColumns } from "./known-columns.ts";
import { DefinitionRunner } from "./run-definition.ts";
import { sendRows } from "./send-rows.ts";
import type { SqlSession } from "./session.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

type DataStatement = Extract<Statement, { kind: "select" | "insert" | "update" | "delete" | "merge" | "truncate" }>;

/** CurCmd of DONE, [MS-TDS] 2.2.7.6, as SQL Server numbers its statements. */
const commands: Readonly<Record<DataStatement["kind"], number>> = {
  select: 0xc1,
  insert: 0xc3,
  delete: 0xc4,
  update: 0xc5,
  merge: 0x117,
  truncate: 0xbe,
};

/** Runs queries and changes, and sends their rows. */
export class DataRunner {
  readonly #session: SqlSession;
  readonly #frame: Frame;
  readonly #response: ResponseStream;
  readonly #definitions: DefinitionRunner;

  constructor(session: SqlSession, frame: Frame, response: ResponseStream) {
    this.#session = session;
    this.#frame = frame;
    this.#response = response;
    this.#definitions = new DefinitionRunner(session, frame);
  }

  async run(statement: DataStatement): Promise<void> {
    const count = await this.#count(statement);
    this.#session.rowCount = count;
    const kind = this.#frame.kind === "batch" ? "done" : "doneInProcedure";
    const counted = !this.#session.options.noCount;
    const gaveRows =
      statement.kind === "select" ||
      ("output" in statement && statement.output?.into === undefined && statement.output !== undefined);
    // With NOCOUNT on, a procedure says nothing at all about a statement without rows.
    if (!counted && !gaveRows && kind === "doneInProcedure") return;
    this.#response.done(kind, counted ? { count } : {}, commands[statement.kind]);
  }

  /** Throws what stops a batch before it starts, and nothing else. */
  async resolveNames(statement: Statement): Promise<void> {
    const { session } = this.#parts();
    try {
      const emission = new Emission(this.#frame);
      if (statement.kind === "select") {
        const text = emitQuery(statement.query, emission);
        await session.statement(() => session.postgres.describe(text));
      } else if (["insert", "update", "delete", "merge"].includes(statement.kind)) {
        const { text } = await this.#emit(
          statement as Exclude<DataStatement, { kind: "select" | "truncate" }>,
          emission,
        );
        await session.statement(() => session.postgres.describe(text));
      }
    } catch (error) {
      const stops =
        error instanceof SqlServerError ? error.number === 137 : isBackingFailure(error) && error.code === "42703";
      if (stops) throw error;
    }
  }

  async #count(statement: DataStatement): Promise<number> {
    if (statement.kind === "select") return this.#select(statement);
    this.#session.transaction.mustBeWritable();
    if (statement.kind === "truncate") {
      const table = emitName(statement.table, this.#frame);
      await this.#session.statement(() => this.#session.postgres.run(`TRUNCATE ${table} RESTART IDENTITY`), true);
      return 0;
    }
    const emission = new Emission(this.#frame);
    const change = await this.#emit(statement, emission);
    if (change.columns === undefined) return this.#runCounted(change, emission);
    await this.#refuseTriggers(statement, emission);
    return this.#sendRows(change.text, emission, change.columns, true, true);
  }

  async #emit(
    statement: Exclude<DataStatement, { kind: "select" | "truncate" }>,
    emission: Emission,
  ): Promise<EmittedChange> {
    switch (statement.kind) {
      case "insert":
        return this.#emitInsert(statement, emission);
      case "update":
        return emitUpdate(statement, emission);
      case "delete":
        return emitDelete(statement, emission);
      case "merge":
        return emitMerge(statement, emission);
    }
  }

  async #emitInsert(insert: Insert, emission: Emission): Promise<EmittedChange> {
    const { identityInsertTable } = this.#session;
    const explicit =
      identityInsertTable !== undefined && insert.target.at(-1)?.toLowerCase() === identityInsertTable.toLowerCase();
    if (insert.columns.length > 0 || insert.source.kind === "defaults") return emitInsert(insert, emission, explicit);
    // Without a list, an INSERT means every column but the identity.
    const columns = await this.#insertableColumns(insert, emission);
    return emitInsert({ ...insert, columns }, emission, explicit);
  }

  async #insertableColumns(insert: Insert, emission: Emission): Promise<readonly string[]> {
    const table = emitName(insert.target, emission.context);
    const { rows } = await this.#session.statement(() =>
      this.#session.postgres.run(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum",
        [table],
      ),
    );
    return rows.map(([name]) => String(name));
  }

  async #runCounted(change: EmittedChange, emission: Emission): Promise<number> {
    const { session } = this.#parts();
    const ofTriggers: number[] = [];
    session.postgres.onNotice = ({ code, message }) => {
      if (code === triggerCount) ofTriggers.push(Number(message));
    };
    const result = await session.statement(async () => {
      await this.#lock(emission);
      return session.postgres.run(change.text, emission.values);
    }, emission.lockedTables.size === 0);
    // A trigger without NOCOUNT tells of its own statements first.
    if (!session.options.noCount)
      for (const count of ofTriggers) this.#response.done("doneInProcedure", { count }, 0xc3);
    return result.rowCount ?? 0;
  }

  async #select(statement: Extract<Statement, { kind: "select" }>): Promise<number> {
    const { query } = statement;
    const body = query.body.kind === "select" ? query.body : undefined;
    if (leftmostSelect(query).into !== undefined) return this.#definitions.createFrom(statement);
    const known = await knownColumns(query, this.#frame, this.#session);
    const emission = new Emission(this.#frame);
    const text = emitQuery(query, emission);
    if (body?.items.some((it) => it.kind === "assign")) return this.#assign(body, text, emission);
    return this.#sendRows(text, emission, known, !isOfOneTable(body), false);
  }

  /** `SELECT @a = ..., @b = ...`: the variables get the values of the last row, and keep theirs when there is none. */
  async #assign(select: Select, text: string, emission: Emission): Promise<number> {
    const { session } = this.#parts();
    const { rows } = await session.statement(() => session.postgres.run(text, emission.values), true);
    const last = rows.at(-1);
    select.items.forEach((item, index) => {
      if (item.kind !== "assign" || item.operator !== "=") throw new NotUnderstoodError("assignments beside columns");
      const type = this.#frame.typeOf(item.variable);
      if (type === undefined) {
        throw new SqlServerError(137, `Must declare the scalar variable "${item.variable}".`, {
          severity: 15,
          reach: "batch",
        });
      }
      if (last !== undefined) this.#frame.declare(item.variable, { type, value: last[index] ?? null });
    });
    return rows.length;
  }

  async #sendRows(
    text: string,
    emission: Emission,
    known: readonly (StaticColumn | undefined)[],
    mayBeNull: boolean,
    isChange: boolean,
  ): Promise<number> {
    const { session } = this.#parts();
    return session.statement(
      async () => {
        await this.#lock(emission);
        return sendRows({ text, values: emission.values, known, mayBeNull, isChange }, session, this.#response);
      },
      emission.lockedTables.size === 0 && session.transaction.count === 0,
    );
  }

  /**
   * HOLDLOCK locks the range of a key: https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide.
   * Here the table is locked instead, so that what runs at once under it proves nothing about ranges.
   */
  async #lock(emission: Emission): Promise<void> {
    for (const table of emission.lockedTables) {
      await this.#session.postgres.run(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`);
    }
  }

  /** 334: OUTPUT without INTO does not go with triggers. */
  async #refuseTriggers(
    statement: Exclude<DataStatement, { kind: "select" | "truncate" }>,
    emission: Emission,
  ): Promise<void> {
    const { session } = this.#parts();
    const table = emitName(statement.target, emission.context);
    const { rows } = await session.statement(() =>
      session.postgres.run("SELECT 1 FROM pg_trigger WHERE tgrelid = to_regclass($1::text) AND NOT tgisinternal", [
        table,
      ]),
    );
    if (rows.length === 0) return;
    const text = `The target table '${statement.target.join(".")}' of the DML statement cannot have any enabled triggers if the statement contains an OUTPUT clause without INTO clause.`;
    throw new SqlServerError(334, text, { reach: "batch" });
  }

  #parts() {
    return { session: this.#session };
  }
}

function isOfOneTable(select: Select | undefined): boolean {
  return select?.from.length === 1 && select.from[0]?.kind === "table";
}
