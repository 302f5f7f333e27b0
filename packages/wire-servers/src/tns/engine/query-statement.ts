import type { Bind, EngineStatement, ExecuteOptions, Outcome } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import type { OracleSession } from "./oracle-session.ts";
import { type RenderedText, render, type TypedValue } from "./render.ts";
import { rowSourceOf } from "./row-source.ts";
import type { TranslatedStatement } from "./statement-info.ts";

/** A SELECT. */
export class QueryStatement implements EngineStatement {
  readonly kind = "query";
  readonly returnBinds: ReadonlySet<number> = new Set();
  readonly #session: OracleSession;
  readonly #text: string;
  readonly #query: Extract<TranslatedStatement, { kind: "query" }>;

  constructor(session: OracleSession, text: string, query: Extract<TranslatedStatement, { kind: "query" }>) {
    this.#session = session;
    this.#text = text;
    this.#query = query;
  }

  async execute([row = []]: readonly (readonly Bind[])[], { prefetch, commit }: ExecuteOptions): Promise<Outcome> {
    const { forUpdate } = this.#query;
    const { work } = this.#session;
    const about = this.#session.about(this.#text, "SELECT");
    const rendered = this.#render(row);
    if (!forUpdate) return { rowCount: 0, source: await work.query(about, rendered, prefetch) };
    const { columns, rows } = await work.change(about, async () => {
      const result = work.values(await work.run(rendered));
      return { result, changed: result.rows.length > 0 };
    });
    if (commit) await this.#session.commit();
    return { rowCount: 0, source: rowSourceOf(columns, rows) };
  }

  #render(row: readonly TypedValue[]): RenderedText {
    return render(this.#query.sql, (index) => boundValue(row, index));
  }
}

/** The value of a placeholder that stands for a bind. @throws OracleError ORA-01008 where the client bound too few. */
export function boundValue(row: readonly TypedValue[], index: number): TypedValue {
  const bind = row[index];
  if (bind === undefined) throw new OracleError(1008, "not all variables bound");
  return bind;
}
