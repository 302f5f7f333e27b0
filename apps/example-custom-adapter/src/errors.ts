import { classifier, type ErrorInfo, type ErrorKind } from "@nsj/mdb-core";

/** SQLite's result codes (https://sqlite.org/rescode.html). One that is not here goes by its low byte, the code that it refines. */
const codes: Readonly<Partial<Record<ErrorKind, readonly number[]>>> = {
  unique: [1555, 2067, 2579], // CONSTRAINT_PRIMARYKEY, _UNIQUE, _ROWID
  "foreign-key": [787],
  "not-null": [1299],
  check: [275],
  value: [18, 20, 3091], // TOOBIG, MISMATCH, CONSTRAINT_DATATYPE of a STRICT table
  "lock-timeout": [5, 6], // BUSY, LOCKED
  serialization: [517], // BUSY_SNAPSHOT: somebody has written since this transaction read
  "read-only": [8],
  permission: [3, 23], // PERM, AUTH
  resource: [7, 10, 13], // NOMEM, IOERR, FULL
  cancelled: [9], // INTERRUPT
  parameter: [25], // RANGE
  "unknown-database": [26], // NOTADB
};
const kinds = new Map(Object.entries(codes).flatMap(([kind, list]) => list.map((code) => [code, kind as ErrorKind])));

/** Says what an error of `node:sqlite` means. */
export const classify = classifier((error): ErrorInfo | undefined => {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  if (code === "ERR_INVALID_STATE") return { kind: "lost", connection: "dead", executed: "maybe", retry: "connect" };
  // A text without a statement.
  if (code === "ERR_INVALID_ARG_VALUE") return { kind: "syntax", connection: "ok", executed: "no", retry: "never" };
  if (code !== "ERR_SQLITE_ERROR" || typeof errcode !== "number") return undefined;
  const kind = errcode === 1 ? kindOfText(error.message) : (kinds.get(errcode) ?? kinds.get(errcode & 0xff) ?? "other");
  const retry = kind === "lock-timeout" || kind === "serialization" ? "transaction" : "never";
  return { kind, connection: kind === "unknown-database" ? "dead" : "ok", executed: "yes", retry, code: errcode };
});

/** SQLITE_ERROR is everything without a code of its own. Only its text says which, in English on every machine. */
function kindOfText(text: string): ErrorKind {
  if (/^no such |has no column named/.test(text)) return "undefined-object";
  return /syntax error$|^incomplete input$|^unrecognized token/.test(text) ? "syntax" : "other";
}
