import { DriverFault } from "@nsj/mdb-core";

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "value", message: string): DriverFault {
  return new DriverFault(message, { kind });
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
