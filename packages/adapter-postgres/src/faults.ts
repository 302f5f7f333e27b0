import type { ErrorInfo } from "@nsj/mdb-core";

/**
 * An error that this adapter raises by itself, because neither the server nor pg has one for it. It carries its own classification.
 * Messages hold no values and no secrets.
 */
export class PostgresFault extends Error {
  override readonly name = "PostgresFault";
  /** What `classify` answers. */
  readonly info: ErrorInfo;

  constructor(message: string, info: ErrorInfo, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.info = info;
  }
}

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "other", message: string): PostgresFault {
  return new PostgresFault(message, { kind, connection: "ok", executed: "no", retry: "never" });
}

/** The connection is gone already, so that nothing was sent. */
export function alreadyLost(cause: unknown): PostgresFault {
  const info: ErrorInfo = { kind: "lost", connection: "dead", executed: "no", retry: "transaction" };
  return new PostgresFault("the connection was lost before the statement was sent", info, cause);
}

/** The connection was cut by us while something was under way. */
export function cutOff(message: string, cause: unknown): PostgresFault {
  return new PostgresFault(
    message,
    { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" },
    cause,
  );
}

/** The server has begun to wait for data where we have none; that cannot be told to it in step. */
export function unexpectedCopy(): PostgresFault {
  return new PostgresFault("COPY ... FROM STDIN is possible through bulkInsert only", {
    kind: "unsupported",
    connection: "dead",
    executed: "maybe",
    retry: "never",
  });
}

/** The deadline of a connect passed. */
export function connectTimeout(): PostgresFault {
  const info: ErrorInfo = { kind: "connect-timeout", connection: "dead", executed: "no", retry: "connect" };
  return new PostgresFault("the server did not finish the login in time", info);
}

/** The caller gave a connect up. */
export function connectAborted(reason: unknown): PostgresFault {
  const info: ErrorInfo = { kind: "cancelled", connection: "dead", executed: "no", retry: "never" };
  return new PostgresFault("connecting was given up", info, reason);
}

/** No connection that we could use, for a reason found on our side. */
export function connectRefused(message: string, cause?: unknown): PostgresFault {
  return new PostgresFault(message, { kind: "refused", connection: "dead", executed: "no", retry: "connect" }, cause);
}
