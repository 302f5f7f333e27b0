import { DriverFault } from "@nsj/mdb-core";
import type { Ending } from "./transaction-state.ts";

/** The caller asked for something that cannot be done; nothing was sent. */
export function refusal(kind: "unsupported" | "parameter" | "value" | "other", message: string): DriverFault {
  return new DriverFault(message, { kind });
}

const endings: Readonly<Record<Ending, string>> = {
  committed:
    "was committed already, by a COMMIT or a definition such as CREATE TABLE among its own statements; what ran before that stays",
  "rolled back": "was rolled back already, by a ROLLBACK among its own statements",
  unknown:
    "has ended already: by a definition that failed, such as CREATE TABLE, which commits first, or by a COMMIT or ROLLBACK inside a block or procedure",
};

/** The server has ended the transaction before it was told to commit. What ran behind that end is rolled back. */
export function transactionGone(ending: Ending): DriverFault {
  return new DriverFault(`the transaction ${endings[ending]}`, { kind: "transaction-aborted", executed: "yes" });
}
