import { DriverFault } from "@nsj/mdb-core";

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "other", message: string): DriverFault {
  return new DriverFault(message, { kind });
}

/** The connection is gone already, so that nothing was sent. */
export function alreadyLost(cause: unknown): DriverFault {
  return new DriverFault(
    "the connection was lost before the statement was sent",
    { kind: "lost", connection: "dead", retry: "transaction" },
    cause,
  );
}

/** The connection was cut by us while something was under way. */
export function cutOff(message: string, cause: unknown): DriverFault {
  return new DriverFault(message, { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" }, cause);
}

/** The server has begun to wait for data where we have none; that cannot be told to it in step. */
export function unexpectedCopy(): DriverFault {
  return new DriverFault("COPY ... FROM STDIN is possible through bulkInsert only", {
    kind: "unsupported",
    connection: "dead",
    executed: "maybe",
  });
}

/** The deadline of a connect passed. */
export function connectTimeout(): DriverFault {
  return new DriverFault("the server did not finish the login in time", {
    kind: "connect-timeout",
    connection: "dead",
    retry: "connect",
  });
}

/** The caller gave a connect up. */
export function connectAborted(reason: unknown): DriverFault {
  return new DriverFault("connecting was given up", { kind: "cancelled", connection: "dead" }, reason);
}

/** No connection that we could use, for a reason found on our side. */
export function connectRefused(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "refused", connection: "dead", retry: "connect" }, cause);
}
