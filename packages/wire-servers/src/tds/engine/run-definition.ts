import type { Statement } from "../tsql/ast.ts";
import { Emission, emitName, isTemporary, quote } from "../tsql/emission.ts";
import { commentOn, emitAlterTable, emitCreateIndex, emitCreateTable, emitDrop } from "../tsql/emit-definition.ts";
import { emitQuery, leftmostSelect } from "../tsql/emit-query.ts";
import { emitCreateTrigger, triggerNames } from "../tsql/emit-trigger.ts";
import { backingIdentifier } from "../tsql/identifier.ts";
import type { Frame } from "./frame.ts";
import { knownColumns } from "./known-columns.ts";
import type { SqlSession } from "./session.ts";
import { SqlServerError } from "./sql-server-error.ts";

type Definition = Extract<Statement, { kind: `create-${string}` | "alter-table" | "drop" }>;

/** Runs what defines objects and drops them. */
export class DefinitionRunner {
  readonly #session: SqlSession;
  readonly #frame: Frame;

  constructor(session: SqlSession, frame: Frame) {
    this.#session = session;
    this.#frame = frame;
  }

  async run(statement: Definition): Promise<void> {
    this.#session.transaction.mustBeWritable();
    switch (statement.kind) {
      case "create-procedure":
        await this.#createProcedure(statement);
        return;
      case "drop":
        if (statement.object === "procedure") {
          await this.#dropProcedures(statement);
          return;
        }
        if (statement.object === "trigger") {
          for (const name of statement.names) await this.#dropTrigger(name, statement.ifExists);
          return;
        }
        break;
      default:
    }
    await this.#apply(this.#written(statement));
    if (statement.kind === "create-table" && isTemporary(statement.table)) {
      this.#own(emitName(statement.table, this.#frame), statement.table.at(-1) ?? "");
    }
  }

  /** SELECT ... INTO: the table and the types of its columns, which it takes from the query. */
  async createFrom(statement: Extract<Statement, { kind: "select" }>): Promise<number> {
    const { session } = this.#parts();
    const name = leftmostSelect(statement.query).into;
    if (name === undefined) throw new RangeError("a SELECT without INTO");
    const emission = new Emission(this.#frame);
    const query = emitQuery(statement.query, emission);
    const known = await knownColumns(statement.query, this.#frame, session);
    const table = emitName(name, this.#frame);
    const count = await session.statement(async () => {
      const described = await session.postgres.describe(query);
      await session.host.catalog.learn(described, session.postgres);
      const columns = session.host.catalog.resultColumns(described, known, true);
      const temporary = isTemporary(name) ? "TEMP " : "";
      const { rowCount } = await session.postgres.run(`CREATE ${temporary}TABLE ${table} AS ${query}`, emission.values);
      if (columns.some((it) => it.name === "")) {
        const text =
          "An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name.";
        throw new SqlServerError(1038, text, { severity: 15, state: 5, reach: "batch" });
      }
      await session.postgres.script(columns.map((it) => commentOn(table, it.name, it.type)).join(";"));
      return rowCount ?? 0;
    });
    session.host.catalog.forget();
    if (isTemporary(name)) this.#own(table, name.at(-1) ?? "");
    return count;
  }

  #parts() {
    return { session: this.#session, frame: this.#frame };
  }

  #written(statement: Exclude<Definition, { kind: "create-procedure" }>): readonly string[] {
    const context = this.#frame;
    switch (statement.kind) {
      case "create-table": {
        const { table, definition } = statement;
        return emitCreateTable(emitName(table, context), definition, isTemporary(table), context);
      }
      case "alter-table":
        return emitAlterTable(statement, context);
      case "create-index":
        return emitCreateIndex(statement, context);
      case "create-schema":
        return [`CREATE SCHEMA ${quote(statement.name)}`];
      case "create-trigger":
        return emitCreateTrigger(statement, context);
      case "drop":
        return emitDrop(statement, context);
    }
  }

  /** A temporary table of a batch lives with the session, one of a procedure (also sp_executesql) with the procedure. */
  #own(table: string, name: string): void {
    if (this.#frame.kind === "procedure") this.#frame.ownTables.add(name);
    else this.#session.temporaryTables.add(table);
  }

  async #apply(texts: readonly string[]): Promise<void> {
    const { session } = this.#parts();
    await session.statement(() => session.postgres.script(texts.join(";")));
    session.host.catalog.forget();
  }

  async #createProcedure(statement: Extract<Definition, { kind: "create-procedure" }>): Promise<void> {
    const { session } = this.#parts();
    const [schema, name] = procedureKey(statement.name);
    const conflict = statement.replace
      ? " ON CONFLICT (schema, name) DO UPDATE SET definition = excluded.definition"
      : "";
    const insert = `INSERT INTO mssql.procedures VALUES ($1::text, $2::text, $3::text)${conflict}`;
    try {
      await session.statement(() => session.postgres.run(insert, [schema, name, statement.definition]), true);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "23505")) throw error;
      const text = `There is already an object named '${name}' in the database.`;
      throw new SqlServerError(2714, text, { state: 3, reach: "batch", cause: error });
    }
  }

  async #dropTrigger(name: readonly string[], ifExists: boolean): Promise<void> {
    const { session } = this.#parts();
    const written = name.at(-1) ?? "";
    const names = triggerNames(written).map(backingIdentifier);
    await session.statement(async () => {
      const find = "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE tgname IN ($1::name, $2::name, $3::name)";
      const { rows } = await session.postgres.run(find, names);
      if (rows.length === 0 && !ifExists) {
        const text = `Cannot drop the trigger '${name.join(".")}', because it does not exist or you do not have permission.`;
        throw new SqlServerError(3701, text, { severity: 11, state: 5 });
      }
      for (const [trigger, table] of rows) {
        const quoted = quote(String(trigger));
        await session.postgres.script(`DROP TRIGGER ${quoted} ON ${table}; DROP FUNCTION mssql.${quoted}()`);
      }
    });
  }

  async #dropProcedures(statement: Extract<Definition, { kind: "drop" }>): Promise<void> {
    const { session } = this.#parts();
    for (const each of statement.names) {
      const key = procedureKey(each);
      const remove = "DELETE FROM mssql.procedures WHERE schema = $1::text AND name = $2::text";
      const { rowCount } = await session.statement(() => session.postgres.run(remove, key), true);
      if (rowCount !== 0 || statement.ifExists) continue;
      const text = `Cannot drop the procedure '${each.join(".")}', because it does not exist or you do not have permission.`;
      throw new SqlServerError(3701, text, { severity: 11, state: 5 });
    }
  }
}

/** The key of a procedure in the table that keeps them. */
export function procedureKey(name: readonly string[]): readonly [schema: string, name: string] {
  return [(name.at(-2) || "dbo").toLowerCase(), (name.at(-1) ?? "").toLowerCase()];
}
