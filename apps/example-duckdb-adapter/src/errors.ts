import { classifier, type ErrorInfo, type ErrorKind } from "@nsj/mdb-core";

/** DuckDB for Node gives no codes. Its texts begin with the class of the error, in English on every machine, and are all there is to go by. */
const kinds: readonly (readonly [pattern: RegExp, kind: ErrorKind])[] = [
  [/^INTERRUPT Error/, "cancelled"],
  [/^Constraint Error: Duplicate key|^Constraint Error: PRIMARY KEY or UNIQUE/, "unique"],
  [/^Constraint Error: Violates foreign key/, "foreign-key"],
  [/^Constraint Error: NOT NULL/, "not-null"],
  [/^Constraint Error: CHECK/, "check"],
  [/^(?:TransactionContext|Transaction) Error:.*(?:conflict|Failed to commit)/is, "serialization"],
  [/^TransactionContext Error: Current transaction is aborted/, "transaction-aborted"],
  [/read-only mode/, "read-only"],
  [/^Invalid Input Error: Cannot prepare multiple statements/, "unsupported"],
  [/^Not implemented Error/, "unsupported"],
  [/^Invalid Input Error: Values were not provided/, "parameter"],
  [/^(?:Conversion|Out of Range|Invalid Input|Mismatch Type) Error/, "value"],
  [/^(?:Catalog|Binder) Error:.*(?:does not exist|not found|does not have a column)/s, "undefined-object"],
  [/^(?:Parser|Syntax|Binder) Error/, "syntax"],
  [/^Out of Memory Error/, "resource"],
  [/^Permission Error/, "permission"],
  [/^IO Error: (?:Cannot open|Could not set lock)/, "unknown-database"],
  [/^(?:FATAL|INTERNAL) Error|database has been invalidated/, "lost"],
];

/** Says what an error of DuckDB means. */
export const classify = classifier((error): ErrorInfo | undefined => {
  // A value that could not be bound is reported behind this.
  const message = error.message.replace(/^Failed to bind value: /, "");
  const kind =
    kinds.find(([pattern]) => pattern.test(message))?.[1] ?? (/^[\w ]+ Error: /.test(message) ? "other" : undefined);
  if (kind === undefined) return undefined;
  const isDead = kind === "lost" || kind === "unknown-database";
  return {
    kind,
    connection: isDead ? "dead" : "ok",
    executed: kind === "lost" ? "maybe" : "yes",
    retry: kind === "serialization" ? "transaction" : "never",
    code: /^([\w ]+) Error/.exec(message)?.[1] ?? kind,
    ...constraintFacts(kind, message),
  };
});

function constraintFacts(kind: ErrorKind, message: string): Partial<ErrorInfo> {
  if (kind !== "not-null") return {};
  const [, table, column] = /failed: (.+)\.([^.]+)$/.exec(message) ?? [];
  return table === undefined || column === undefined ? {} : { table, columns: [column] };
}
