import type { DateFormats } from "./convert-out.ts";
import { OracleError } from "./oracle-error.ts";
import { literal, quoted } from "./sql/names.ts";

/** Settings whose value changes nothing that this server does, but which it may be asked for. */
const remembered = new Set([
  "NLS_LANGUAGE",
  "NLS_TERRITORY",
  "NLS_CURRENCY",
  "NLS_COMP",
  "NLS_SORT",
  "NLS_LENGTH_SEMANTICS",
  "DDL_LOCK_TIMEOUT",
  "CURSOR_SHARING",
  "OPTIMIZER_MODE",
]);

const formats: Readonly<Record<string, string>> = {
  NLS_DATE_FORMAT: "DD-MON-RR",
  NLS_TIMESTAMP_FORMAT: "DD-MON-RR HH.MI.SSXFF AM",
  NLS_TIMESTAMP_TZ_FORMAT: "DD-MON-RR HH.MI.SSXFF AM TZR",
};

/** What ALTER SESSION has set, as statements of PostgreSQL. */
export class SessionSettings {
  readonly #values = new Map<string, string>(Object.entries(formats));

  constructor(user: string, timeZone: string) {
    this.#values.set("CLIENT_IDENTIFIER", "");
    this.#values.set("CURRENT_SCHEMA", user).set("TIME_ZONE", timeZone).set("NLS_NUMERIC_CHARACTERS", ".,");
  }

  get schema(): string {
    return this.#values.get("CURRENT_SCHEMA") ?? "";
  }

  get clientIdentifier(): string {
    return this.#values.get("CLIENT_IDENTIFIER") ?? "";
  }

  /** No setting of ALTER SESSION, but kept as those are. */
  set clientIdentifier(identifier: string) {
    this.#values.set("CLIENT_IDENTIFIER", identifier);
  }

  get dateFormats(): DateFormats {
    const value = (name: string) => this.#values.get(name) ?? "";
    return {
      date: value("NLS_DATE_FORMAT"),
      timestamp: value("NLS_TIMESTAMP_FORMAT"),
      zoned: value("NLS_TIMESTAMP_TZ_FORMAT"),
    };
  }

  /** Takes over new values. @throws OracleError ORA-02248 for a setting that this server does not know. */
  set(values: ReadonlyMap<string, string>): void {
    for (const [name, value] of values) {
      if (name === "NLS_NUMERIC_CHARACTERS" && value !== ".,")
        throw new OracleError(12705, "Cannot access NLS data files or invalid environment specified");
      if (name === "CLIENT_IDENTIFIER" || (!this.#values.has(name) && !remembered.has(name)))
        throw new OracleError(2248, "invalid option for ALTER SESSION");
    }
    for (const [name, value] of values) this.#values.set(name, value);
  }

  /** Statements that bring a session of PostgreSQL to this state. */
  toStatements(): string {
    const statements = Object.keys(formats).map(
      (name) => `SELECT set_config('wire.${name.toLowerCase()}', ${literal(this.#values.get(name) ?? "")}, false)`,
    );
    const { schema } = this;
    statements.push(`SET search_path = ${quoted(schema)}, ora, pg_catalog`);
    statements.push(`SELECT set_config('wire.schema', ${literal(schema)}, false)`);
    statements.push(`SELECT set_config('wire.client_identifier', ${literal(this.clientIdentifier)}, false)`);
    const zone = this.#values.get("TIME_ZONE") ?? "+00:00";
    const offset = /^([+-])(\d{1,2}):(\d{1,2})$/.exec(zone);
    statements.push(
      offset === null
        ? `SET TIME ZONE ${literal(zone)}`
        : `SET TIME ZONE INTERVAL '${offset[1]}${offset[2]}:${String(offset[3]).padStart(2, "0")}' HOUR TO MINUTE`,
    );
    statements.push(`SELECT set_config('wire.time_zone', ${literal(zone)}, false)`);
    return statements.join("; ");
  }
}
