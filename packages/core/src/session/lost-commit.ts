import { CommitOutcomeUnknownError, type MdbError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** Nobody can say whether a COMMIT that was sent has happened. @param cause - what the connection was lost by */
export function outcomeUnknown(context: DatabaseContext, cause: MdbError): CommitOutcomeUnknownError {
  const { database, engine } = context;
  const message = `${nameOf(context)}: the connection was lost while COMMIT was under way; check whether the data is there before doing it again`;
  return new CommitOutcomeUnknownError(message, { database, engine, cause });
}
