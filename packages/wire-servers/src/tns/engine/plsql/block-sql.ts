import { runControl } from "../control-statement.ts";
import { notUnderstood, OracleError } from "../oracle-error.ts";
import type { OracleSession } from "../oracle-session.ts";
import { type RenderedText, render, type TypedValue } from "../render.ts";
import type { DataType } from "../sql/data-types.ts";
import type { Placeholder } from "../sql/token-stream.ts";
import type { TranslatedStatement } from "../statement-info.ts";
import { translate } from "../translate.ts";
import type { Target } from "./ast.ts";
import { type Environment, type Held, wireType } from "./environment.ts";
import { CompilationError, isFoundAtCompilation } from "./exceptions.ts";

/** A value that a statement gives to a variable or a bind. */
export type Assignment = readonly [Target, Held];

type Rows = ReturnType<OracleSession["work"]["values"]>;

/** The SQL inside a block: its variables and binds are parameters, its errors those of PL/SQL. */
export class BlockSql {
  readonly #session: OracleSession;
  /** Rows of the last statement: SQL%ROWCOUNT. */
  #rowCount = 0;

  constructor(session: OracleSession) {
    this.#session = session;
  }

  /** Runs a statement that gives no rows, but what RETURNING ... INTO gives. */
  async run(text: string, environment: Environment): Promise<readonly Assignment[]> {
    const translated = this.#translate(text, environment);
    if (translated.kind === "control") {
      await runControl(this.#session, translated.action);
      return [];
    }
    if (translated.kind !== "dml") throw notUnderstood(`this statement in PL/SQL: ${text}`);
    const { work } = this.#session;
    const about = this.#session.about(text, translated.verb);
    const { count, columns, rows } = await this.#compiled(() =>
      work.change(about, async () => {
        let changed = 0;
        let last = { columns: [], rows: [] } as ReturnType<typeof work.values>;
        for (const sql of translated.sql) {
          const result = await work.run(
            render(sql, (index) => this.value(translated.placeholders[index], environment)),
          );
          changed += result.rowCount ?? 0;
          last = work.values(result);
        }
        return { result: { count: changed, ...last }, changed: changed > 0 };
      }),
    );
    this.#rowCount = count;
    if (translated.returnBinds.length === 0 || rows.length === 0) return [];
    if (rows.length > 1) throw new OracleError(1422, "exact fetch returns more than requested number of rows");
    return translated.returnBinds.flatMap((placeholder, position): Assignment[] => {
      const column = columns[position];
      const target = translated.placeholders[placeholder];
      if (column === undefined || target === undefined) return [];
      return [[target, { type: column.type, value: rows[0]?.[position] ?? null }]];
    });
  }

  /** Runs a query that must give one row. @throws OracleError ORA-01403 or ORA-01422 */
  async selectInto(text: string, targets: readonly Target[], environment: Environment): Promise<readonly Assignment[]> {
    const { columns, rows } = await this.query(text, environment);
    this.#rowCount = rows.length;
    return this.#intoTargets(columns, rows, targets);
  }

  /** Runs a text that is put together while the block runs. */
  async immediate(text: string): Promise<void> {
    const statement = this.#session.prepare(text);
    const outcome = await statement.execute([[]], { batchErrors: false, commit: false, prefetch: 2 });
    this.#rowCount = outcome.rowCount;
    await outcome.source?.close();
  }

  /** Runs a query and gives all of its rows. */
  async query(text: string, environment: Environment): Promise<Rows> {
    const translated = this.#translate(text, environment);
    if (translated.kind !== "query") throw notUnderstood(`this query in PL/SQL: ${text}`);
    const rendered = render(translated.sql, (index) => this.value(translated.placeholders[index], environment));
    const { work } = this.#session;
    return this.#compiled(() =>
      work.change(this.#session.about(text, "SELECT"), async () => {
        const result = work.values(await work.run(rendered));
        return { result, changed: translated.forUpdate && result.rows.length > 0 };
      }),
    );
  }

  /** Runs a query of ours that gives one value. */
  async single(rendered: RenderedText, text: string): Promise<Held> {
    const { work } = this.#session;
    return this.#compiled(() =>
      work.change(this.#session.about(text, "SELECT"), async () => {
        const result = await work.run(rendered);
        const value = result.rows[0]?.[0] ?? null;
        // PL/SQL has booleans, which no column of this server can have.
        if (result.columns[0]?.typeOid === 16) {
          return { result: { type: "BOOLEAN", value: value === null ? null : value === "t" } as const, changed: false };
        }
        const { columns, rows } = work.values(result);
        return {
          result: { type: columns[0]?.type ?? "VARCHAR2", value: rows[0]?.[0] ?? null } as TypedValue,
          changed: false,
        };
      }),
    );
  }

  /** A value as a declared type holds it. @throws OracleError ORA-06502 where it does not fit */
  async converted({ postgres, maxBytes }: DataType, held: TypedValue): Promise<Held> {
    const converted = await this.single(
      render(`SELECT CAST(\ue0000\ue000 AS ${postgres})`, () => held),
      "",
    );
    if ("rows" in converted) return converted;
    if (maxBytes !== undefined && Buffer.byteLength(String(converted.value ?? "")) > maxBytes)
      throw new OracleError(6502, "PL/SQL: numeric or value error: character string buffer too small");
    return { type: wireType({ postgres }), value: converted.value };
  }

  /** What stands for a placeholder. */
  value(placeholder: Placeholder | undefined, environment: Environment): TypedValue {
    if (placeholder === undefined) throw new RangeError("a placeholder without a meaning");
    if (placeholder.name === "SQL%ROWCOUNT") return { type: "NUMBER", value: String(this.#rowCount) };
    if (placeholder.name === "SQL%FOUND") return { type: "BOOLEAN", value: this.#rowCount > 0 };
    if (placeholder.name === "SQL%NOTFOUND") return { type: "BOOLEAN", value: this.#rowCount === 0 };
    const held =
      placeholder.kind === "bind"
        ? environment.binds.read(placeholder.name)
        : environment.scope.find(placeholder.name).held;
    if ("rows" in held) throw new OracleError(932, "inconsistent datatypes: expected - got CURSER");
    return held;
  }

  #intoTargets(
    columns: Rows["columns"],
    rows: readonly (readonly TypedValue["value"][])[],
    targets: readonly Target[],
  ): readonly Assignment[] {
    if (rows.length === 0) throw new OracleError(1403, "no data found");
    if (rows.length > 1) throw new OracleError(1422, "exact fetch returns more than requested number of rows");
    return targets.map((target, index): Assignment => {
      const column = columns[index];
      if (column === undefined) throw new OracleError(947, "not enough values");
      return [target, { type: column.type, value: rows[0]?.[index] ?? null }];
    });
  }

  #translate(text: string, environment: Environment): TranslatedStatement {
    try {
      return translate(text, this.#session.ddlContext, environment.scope.names);
    } catch (error) {
      throw error instanceof OracleError && isFoundAtCompilation(error) ? compilation(error) : error;
    }
  }

  async #compiled<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof OracleError && isFoundAtCompilation(error) ? compilation(error) : error;
    }
  }
}

function compilation(error: OracleError): OracleError {
  return new CompilationError(1, 1, `PL/SQL: ${error.message}`);
}
