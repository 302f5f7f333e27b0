import type { OracleValue } from "../values/oracle-type.ts";
import { runArray } from "./array-change.ts";
import { convertOut } from "./convert-out.ts";
import type { Bind, EngineStatement, ExecuteOptions, Outcome } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import type { OracleSession } from "./oracle-session.ts";
import { boundValue } from "./query-statement.ts";
import { render, renderWithValues } from "./render.ts";
import type { TranslatedStatement } from "./statement-info.ts";

type TranslatedChange = Extract<TranslatedStatement, { kind: "dml" }>;

/** What one iteration gave. */
interface Iteration {
  readonly count: number;
  /** Per return bind, the values of the rows concerned. */
  readonly returned: OracleValue[][];
}

type BatchError = NonNullable<Outcome["batchErrors"]>[number];

interface Iterations {
  readonly iterations: readonly Iteration[];
  readonly errors: readonly BatchError[];
}

/** INSERT, UPDATE, DELETE or MERGE. */
export class DmlStatement implements EngineStatement {
  readonly kind = "dml";
  readonly returnBinds: ReadonlySet<number>;
  readonly #session: OracleSession;
  readonly #text: string;
  readonly #change: TranslatedChange;

  constructor(session: OracleSession, text: string, change: TranslatedChange) {
    this.#session = session;
    this.#text = text;
    this.#change = change;
    this.returnBinds = new Set(change.returnBinds);
  }

  async execute(rows: readonly (readonly Bind[])[], options: ExecuteOptions): Promise<Outcome> {
    const isPlain = this.returnBinds.size === 0 && this.#change.sql.length === 1 && rows.length > 1;
    const { iterations, errors } = isPlain
      ? await this.#array(rows, options.batchErrors)
      : options.batchErrors
        ? await this.#each(rows)
        : { iterations: await this.#all(rows), errors: [] };
    if (options.commit) await this.#session.commit();
    return {
      rowCount: iterations.reduce((sum, { count }) => sum + count, 0),
      ...(this.returnBinds.size > 0 ? { returned: iterations.map(({ returned }) => returned) } : {}),
      ...(errors.length > 0 ? { batchErrors: errors } : {}),
    };
  }

  /** All rows in one round trip; those before one that fails stay, as Oracle leaves them. */
  async #array(rows: readonly (readonly Bind[])[], goOn: boolean): Promise<Iterations> {
    const { work } = this.#session;
    const about = this.#session.about(this.#text, this.#change.verb);
    const [sql = ""] = this.#change.sql;
    const commands = rows.map((row) => renderWithValues(sql, (index) => boundValue(row, index)));
    const { counts, failures } = await work.change(about, async () => {
      await this.#checkIdentity();
      const result = await runArray(work, about, commands, goOn);
      return { result, changed: result.counts.some((count) => count > 0) };
    });
    const errors: BatchError[] = [];
    for (const { index, error } of failures) {
      if (!goOn || !(error instanceof OracleError) || isForAll(error)) throw error;
      errors.push({ index, error });
    }
    return { iterations: counts.map((count) => ({ count, returned: [] })), errors };
  }

  /** Every row as a statement of its own; those that fail are left out. */
  async #each(rows: readonly (readonly Bind[])[]): Promise<Iterations> {
    const errors: BatchError[] = [];
    const iterations: Iteration[] = [];
    for (const [index, row] of rows.entries()) {
      try {
        iterations.push(...(await this.#run([row])));
      } catch (error) {
        if (!(error instanceof OracleError) || isForAll(error)) throw error;
        errors.push({ index, error });
        iterations.push({ count: 0, returned: [...this.returnBinds].map(() => []) });
      }
    }
    return { iterations, errors };
  }

  /** All rows; where one fails, those before it stay, as Oracle leaves them. */
  async #all(rows: readonly (readonly Bind[])[]): Promise<Iteration[]> {
    const progress = { done: 0 };
    try {
      return await this.#run(rows, progress);
    } catch (error) {
      if (progress.done > 0) await this.#run(rows.slice(0, progress.done));
      throw error;
    }
  }

  #run(rows: readonly (readonly Bind[])[], progress = { done: 0 }): Promise<Iteration[]> {
    const about = this.#session.about(this.#text, this.#change.verb);
    return this.#session.work.change(about, async () => {
      await this.#checkIdentity();
      const iterations: Iteration[] = [];
      progress.done = 0;
      for (const row of rows) {
        iterations.push(await this.#iteration(row));
        progress.done += 1;
      }
      return { result: iterations, changed: iterations.some(({ count }) => count > 0) };
    });
  }

  async #iteration(row: readonly Bind[]): Promise<Iteration> {
    const { work, dateFormats } = this.#session;
    let count = 0;
    const returned: OracleValue[][] = [...this.returnBinds].map(() => []);
    for (const sql of this.#change.sql) {
      const result = await work.run(render(sql, (index) => boundValue(row, index)));
      count += result.rowCount ?? 0;
      const { columns, rows } = work.values(result);
      // https://docs.oracle.com/error-help/db/ora-22816/
      if (columns.some(({ type }) => type === "LONG"))
        throw new OracleError(22816, "unsupported feature with RETURNING clause");
      for (const [position, bindIndex] of [...this.returnBinds].entries()) {
        const column = columns[position];
        const bind = row[bindIndex];
        if (column === undefined || bind === undefined) continue;
        for (const values of rows) {
          returned[position]?.push(
            convertOut(column.type, values[position] ?? null, bind.type, bind.size, dateFormats),
          );
        }
      }
    }
    return { count, returned };
  }

  /** GENERATED ALWAYS AS IDENTITY takes no value but its own. */
  async #checkIdentity(): Promise<void> {
    const { target } = this.#change;
    if (target === undefined || target.columns.length === 0) return;
    const { rows } = await this.#session.work.run({
      text: `SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum
        WHERE a.attrelid = to_regclass($1) AND a.attname = ANY ($2::text[]) AND d.description = 'identity always'`,
      values: [target.table, arrayLiteral(target.columns.map((column) => column.slice(1, -1).replaceAll('""', '"')))],
    });
    if (rows.length > 0) throw new OracleError(32795, "cannot insert into a generated always identity column");
  }
}

/** An array of PostgreSQL. */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}

/** An error that concerns the whole call and not one of its rows. */
function isForAll(error: OracleError): boolean {
  return [1013, 942, 904].includes(error.number);
}
