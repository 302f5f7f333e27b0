import type { ErrorInfo } from "@nsj/mdb-core";

/**
 * An error that this adapter raises by itself, because neither the server nor oracledb has one for it. It carries its own classification.
 * Messages hold no values and no secrets.
 */
export class OracleFault extends Error {
  override readonly name = "OracleFault";
  /** What `classify` answers. */
  readonly info: ErrorInfo;

  constructor(message: string, info: ErrorInfo, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.info = info;
  }
}

/** The caller asked for something that cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "value" | "other", message: string): OracleFault {
  return new OracleFault(message, { kind, connection: "ok", executed: "no", retry: "never" });
}

/** The connection is gone already, so that nothing was sent. */
export function alreadyLost(cause: unknown): OracleFault {
  const info: ErrorInfo = { kind: "lost", connection: "dead", executed: "no", retry: "transaction" };
  return new OracleFault("the connection was lost before the statement was sent", info, cause);
}

/** The connection ended while nobody used it, or was cut by us. */
export function connectionLost(message: string, cause?: unknown): OracleFault {
  return new OracleFault(message, { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" }, cause);
}

/** The deadline of a connect passed. */
export function connectTimeout(): OracleFault {
  const info: ErrorInfo = { kind: "connect-timeout", connection: "dead", executed: "no", retry: "connect" };
  return new OracleFault("the server did not finish the login in time", info);
}

/** The caller gave a connect up. */
export function connectAborted(reason: unknown): OracleFault {
  const info: ErrorInfo = { kind: "cancelled", connection: "dead", executed: "no", retry: "never" };
  return new OracleFault("connecting was given up", info, reason);
}

/** The server has ended the transaction before it was told to commit. */
export function transactionGone(): OracleFault {
  const info: ErrorInfo = { kind: "transaction-aborted", connection: "ok", executed: "yes", retry: "never" };
  return new OracleFault(
    "the transaction has ended already: by a definition such as CREATE TABLE, which commits, or by a COMMIT or ROLLBACK inside a statement",
    info,
  );
}
