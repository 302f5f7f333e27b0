import { DriverFault } from "@nsj/mdb-core";

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "value", message: string): DriverFault {
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

/** The connection went while something was under way, or we cut it. */
export function cutOff(message: string, cause: unknown): DriverFault {
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

/** There is no transaction where one is needed: the server has ended it by itself. */
export function transactionGone(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "transaction-aborted" }, cause);
}

/** The installed driver is not one that exact values are known to work with. */
export function driverChanged(cause: unknown): DriverFault {
  const text =
    'the installed versions of "mssql" and "tedious" do not read and write exact numbers and dates as this adapter needs it; ' +
    "install the versions that it was released with";
  return new DriverFault(text, { kind: "unsupported", connection: "dead" }, cause);
}
