import { DriverFault } from "@nsj/mdb-core";

/** The caller asked for something that cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "value" | "other", message: string): DriverFault {
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

/** The connection ended while nobody used it, or was cut by us. */
export function connectionLost(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "lost", connection: "dead", executed: "maybe", retry: "transaction" }, cause);
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

/** The server has ended the transaction before it was told to commit. */
export function transactionGone(): DriverFault {
  return new DriverFault(
    "the transaction has ended already: by a definition such as CREATE TABLE, which commits, or by a COMMIT or ROLLBACK inside a statement",
    { kind: "transaction-aborted", executed: "yes" },
  );
}
