import { DriverFault } from "@nsj/mdb-core";

/** The caller asked for something that cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "value" | "other", message: string): DriverFault {
  return new DriverFault(message, { kind });
}

/** The server has ended the transaction before it was told to commit. */
export function transactionGone(): DriverFault {
  return new DriverFault(
    "the transaction has ended already: by a definition such as CREATE TABLE, which commits, or by a COMMIT or ROLLBACK inside a statement",
    { kind: "transaction-aborted", executed: "yes" },
  );
}
