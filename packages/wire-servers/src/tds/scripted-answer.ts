import type { BackingRow } from "../shared/backing-cursor.ts";
import { SqlServerError } from "./engine/sql-server-error.ts";
import type { DoneKind, ResultColumn } from "./protocol/response.ts";
import type { ResponseStream } from "./protocol/response-stream.ts";
import { parseTypeText, type SqlType } from "./types/sql-type.ts";
import { ticksOf, ticksOfTime } from "./types/ticks.ts";

/** A result set by script. Values are written as T-SQL shows them; bytes as `0x...`. */
export interface ScriptedRows {
  /** Name and type: `{ id: "int", total: "decimal(38,10)", version: "rowversion" }`. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

/** An error by script. */
export interface ScriptedError {
  readonly number: number;
  readonly message?: string;
  readonly severity?: number;
  readonly state?: number;
  /** The server also rolls the transaction back, as it does for 1205. */
  readonly rollback?: boolean;
}

/**
 * What the server does instead of running a statement. `disconnect` cuts the connection `"before"` the statement runs, or `"after"` it
 * ran and before the client hears of it.
 */
export type ScriptedAnswer =
  | { readonly rows: ScriptedRows | readonly ScriptedRows[] }
  | { readonly affected: number }
  | { readonly error: ScriptedError }
  | { readonly hang: true }
  | { readonly disconnect: "before" | "after" };

/** The error of a script. */
export function scriptedError({ number, message, severity, state, rollback }: ScriptedError): SqlServerError {
  return new SqlServerError(number, message ?? `Error ${number} by script.`, {
    reach: severity !== undefined && severity >= 20 ? "connection" : rollback ? "transaction" : "batch",
    ...(severity === undefined ? {} : { severity }),
    ...(state === undefined ? {} : { state }),
  });
}

/** Sends the rows of a script. */
export async function sendScriptedRows(
  answer: Extract<ScriptedAnswer, { readonly rows: unknown }>,
  kind: DoneKind,
  response: ResponseStream,
): Promise<void> {
  const sets = "columns" in answer.rows ? [answer.rows] : answer.rows;
  for (const { columns, rows } of sets) {
    const described = Object.entries(columns).map(
      ([name, type]): ResultColumn =>
        type === "rowversion"
          ? { name, type: parseTypeText("binary(8)"), nullable: true, userType: 0x50 }
          : { name, type: parseTypeText(type), nullable: true },
    );
    response.columns(described);
    for (const row of rows) {
      await response.row(
        described,
        row.map((value, index): BackingRow[number] => toBacking(value, described[index]?.type)),
      );
    }
    response.done(kind, { count: rows.length }, 0xc1);
  }
}

function toBacking(value: string | number | boolean | null, type: SqlType | undefined): string | null {
  if (value === null || type === undefined) return null;
  if (typeof value === "boolean") return value ? "t" : "f";
  const text = String(value);
  switch (type.name) {
    case "datetime":
    case "smalldatetime":
    case "datetime2":
    case "datetimeoffset":
      return String(ticksOf(text) ?? fail(text, type));
    case "time":
      return String(ticksOfTime(text) ?? fail(text, type));
    case "binary":
    case "varbinary":
      return `\\x${text.replace(/^0x/i, "")}`;
    default:
      return text;
  }
}

function fail(value: string, type: SqlType): never {
  throw new RangeError(`the script says ${value} where a ${type.name} is due`);
}
