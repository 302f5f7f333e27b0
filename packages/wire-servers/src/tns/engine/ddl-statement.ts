import type { EngineStatement, Outcome } from "./engine.ts";
import { OracleError } from "./oracle-error.ts";
import type { OracleSession } from "./oracle-session.ts";
import { translate } from "./translate.ts";

/** CREATE, ALTER, DROP and their like: commits before and after. */
export class DdlStatement implements EngineStatement {
  readonly kind = "ddl";
  readonly returnBinds: ReadonlySet<number> = new Set();
  readonly #session: OracleSession;
  readonly #text: string;

  constructor(session: OracleSession, text: string) {
    this.#session = session;
    this.#text = text;
  }

  async execute(): Promise<Outcome> {
    // Anew at each execution, for the schema may have changed and the names that are made up must.
    const translated = translate(this.#text, this.#session.ddlContext);
    if (translated.kind !== "ddl") throw new OracleError(900, "invalid SQL statement");
    await this.#session.host.releaseReads();
    await this.#session.work.define(this.#session.about(this.#text, "DDL"), translated.sql);
    return { rowCount: 0 };
  }
}
