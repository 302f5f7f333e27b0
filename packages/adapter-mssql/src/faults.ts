import type { ErrorInfo } from "@nsj/mdb-core";

/**
 * An error that this adapter raises by itself, because neither the server nor the driver has one for it. It carries its own
 * classification. Messages hold no values and no secrets.
 */
export class MssqlFault extends Error {
  override readonly name = "MssqlFault";
  /** What `classify` answers. */
  readonly info: ErrorInfo;

  constructor(message: string, info: ErrorInfo, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.info = info;
  }
}

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "value", message: string): MssqlFault {
  return new MssqlFault(message, { kind, connection: "ok", executed: "no", retry: "never" });
}

/** The connection is gone already, so that nothing was sent. */
export function alreadyLost(cause: unknown): MssqlFault {
  const info: ErrorInfo = { kind: "lost", connection: "dead", executed: "no", retry: "transaction" };
  return new MssqlFault("the connection was lost before the statement was sent", info, cause);
}

/** The connection went while something was under way, or we cut it. */
export function cutOff(message: string, cause: unknown): MssqlFault {
  const info: ErrorInfo = { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" };
  return new MssqlFault(message, info, cause);
}

/** The deadline of a connect passed. */
export function connectTimeout(): MssqlFault {
  const info: ErrorInfo = { kind: "connect-timeout", connection: "dead", executed: "no", retry: "connect" };
  return new MssqlFault("the server did not finish the login in time", info);
}

/** The caller gave a connect up. */
export function connectAborted(reason: unknown): MssqlFault {
  const info: ErrorInfo = { kind: "cancelled", connection: "dead", executed: "no", retry: "never" };
  return new MssqlFault("connecting was given up", info, reason);
}

/** There is no transaction where one is needed: the server has ended it by itself. */
export function transactionGone(message: string, cause?: unknown): MssqlFault {
  const info: ErrorInfo = { kind: "transaction-aborted", connection: "ok", executed: "no", retry: "never" };
  return new MssqlFault(message, info, cause);
}

/** The installed driver is not one that exact values are known to work with. */
export function driverChanged(cause: unknown): MssqlFault {
  const info: ErrorInfo = { kind: "unsupported", connection: "dead", executed: "no", retry: "never" };
  const text =
    'the installed versions of "mssql" and "tedious" do not read and write exact numbers and dates as this adapter needs it; ' +
    "install the versions that it was released with";
  return new MssqlFault(text, info, cause);
}
