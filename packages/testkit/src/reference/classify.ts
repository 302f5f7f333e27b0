import { classifier, type ErrorInfo, type ErrorKind } from "@nsj/mdb-core";
import { EngineError, type EngineErrorCode } from "../engine/engine-error.ts";
import { LinkError, type LinkErrorCode } from "./link-error.ts";

const statementErrors: Readonly<Record<EngineErrorCode, ErrorKind>> = {
  AUTH: "auth",
  UNKNOWN_DATABASE: "unknown-database",
  TOO_MANY_CONNECTIONS: "too-many-connections",
  UNIQUE: "unique",
  FOREIGN_KEY: "foreign-key",
  NOT_NULL: "not-null",
  CHECK: "check",
  VALUE: "value",
  SERIALIZATION: "serialization",
  LOCK_TIMEOUT: "lock-timeout",
  STATEMENT_TIMEOUT: "statement-timeout",
  CANCELLED: "cancelled",
  SYNTAX: "syntax",
  UNDEFINED: "undefined-object",
  READ_ONLY: "read-only",
  TRANSACTION_ABORTED: "transaction-aborted",
  RESOURCE: "resource",
  UNSUPPORTED: "unsupported",
  PARAMETER: "parameter",
  OTHER: "other",
};

const loginErrors: ReadonlySet<EngineErrorCode> = new Set(["AUTH", "UNKNOWN_DATABASE", "TOO_MANY_CONNECTIONS"]);

const linkErrors: Readonly<Record<LinkErrorCode, ErrorInfo>> = {
  LOST: { kind: "lost", connection: "dead", executed: "maybe", retry: "never" },
  GONE: { kind: "lost", connection: "dead", executed: "no", retry: "statement" },
  CLOSED_IN_LOGIN: { kind: "lost", connection: "dead", executed: "no", retry: "connect" },
  CONNECT_TIMEOUT: { kind: "connect-timeout", connection: "dead", executed: "no", retry: "connect" },
  CONNECT_ABORTED: { kind: "cancelled", connection: "dead", executed: "no", retry: "never" },
  CONNECT_FAILED: { kind: "refused", connection: "dead", executed: "no", retry: "connect" },
};

/** What an error of the reference driver means. */
export const classify = classifier((error): ErrorInfo | undefined => {
  if (error instanceof LinkError) return linkErrors[error.code];
  return error instanceof EngineError ? classifyStatement(error) : undefined;
});

function classifyStatement({ code, details }: EngineError): ErrorInfo {
  const kind = statementErrors[code];
  const place = {
    code,
    ...(details.table === undefined ? {} : { table: details.table }),
    ...(details.columns === undefined ? {} : { columns: details.columns }),
  };
  if (loginErrors.has(code)) {
    return {
      kind,
      connection: "dead",
      executed: "no",
      retry: code === "TOO_MANY_CONNECTIONS" ? "connect" : "never",
      ...place,
    };
  }
  const retry = kind === "serialization" ? "transaction" : "never";
  return { kind, connection: "ok", executed: "yes", retry, ...place };
}
