import { PostgresSession } from "../../shared/postgres-session.ts";
import { ControlStatement } from "./control-statement.ts";
import { DdlStatement } from "./ddl-statement.ts";
import { DmlStatement } from "./dml-statement.ts";
import type { EngineStatement } from "./engine.ts";
import { type EngineHost, OracleSession, type SessionIdentity } from "./oracle-session.ts";
import { PlsqlStatement } from "./plsql-statement.ts";
import { QueryStatement } from "./query-statement.ts";
import { quoted } from "./sql/names.ts";
import { translate } from "./translate.ts";

/** A session of Oracle with the kinds of statements that it takes. */
export class OracleEngine extends OracleSession {
  static async open(host: EngineHost, identity: SessionIdentity): Promise<OracleEngine> {
    const backing = await PostgresSession.open(host.databaseUrl, {
      application_name: `tns ${identity.id} ${identity.serial} ${identity.user}`,
      datestyle: "ISO",
      intervalstyle: "sql_standard",
      bytea_output: "hex",
      "wire.user": identity.user,
      "wire.sid": String(identity.id),
      "wire.service": identity.serviceName,
    });
    const session = new OracleEngine(backing, host, identity);
    await session.configure();
    return session;
  }

  prepare(text: string): EngineStatement {
    const translated = translate(text, this.ddlContext);
    switch (translated.kind) {
      case "query":
        return this.#inItsSchema(new QueryStatement(this, text, translated));
      case "dml":
        return this.#inItsSchema(new DmlStatement(this, text, translated));
      case "ddl":
        return new DdlStatement(this, text);
      case "control":
        return new ControlStatement(this, translated.action);
      case "plsql":
        return new PlsqlStatement(this, text, translated.tokens);
    }
  }

  /** A cursor goes on meaning what its names meant where it was parsed, whatever schema is the current one when it is executed again. */
  #inItsSchema(statement: EngineStatement): EngineStatement {
    const { schema } = this;
    return {
      kind: statement.kind,
      returnBinds: statement.returnBinds,
      execute: async (rows, options) => {
        if (schema === this.schema) return statement.execute(rows, options);
        await this.work.configure(`SET search_path = ${quoted(schema)}, ora, pg_catalog`);
        try {
          return await statement.execute(rows, options);
        } finally {
          await this.configure();
        }
      },
    };
  }
}
