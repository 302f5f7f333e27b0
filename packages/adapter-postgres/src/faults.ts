import { DriverFault } from "@nsj/mdb-core";

/** Something that the caller asked for cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "syntax" | "other", message: string): DriverFault {
  return new DriverFault(message, { kind });
}

/** The server has begun to wait for data where we have none; that cannot be told to it in step. */
export function unexpectedCopy(): DriverFault {
  return new DriverFault("COPY ... FROM STDIN is possible through bulkInsert only", {
    kind: "unsupported",
    connection: "dead",
    executed: "maybe",
  });
}

/** A query turned out to be a COPY that waits for rows. */
export function copyFromRefused(): DriverFault {
  return refusal("unsupported", "COPY ... FROM STDIN cannot run as a query; use bulkInsert");
}

/** A query turned out to be a COPY that sends rows. */
export function copyToRefused(): DriverFault {
  return refusal("unsupported", "COPY ... TO STDOUT cannot run as a query; select the rows instead");
}

/** No connection that we could use, for a reason found on our side. */
export function connectRefused(message: string, cause?: unknown): DriverFault {
  return new DriverFault(message, { kind: "refused", connection: "dead", retry: "connect" }, cause);
}

/** Behind a BEGIN that the server has refused. */
export function notBegun(): DriverFault {
  return new DriverFault("the transaction could not be begun, so the statement was not sent", {
    kind: "transaction-aborted",
  });
}
