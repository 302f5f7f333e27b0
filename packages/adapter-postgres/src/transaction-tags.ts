import { codeOf } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";

const tags: ReadonlySet<string> = new Set(["BEGIN", "START TRANSACTION", "COMMIT", "ROLLBACK", "PREPARE TRANSACTION"]);
const ending = /^\s*(?:commit|end|rollback|abort|prepare\s+transaction)\b/;
const toSavepoint = /^\s*rollback\s+(?:(?:work|transaction)\s+)?to\b/;

/**
 * Whether the server has begun or ended a transaction, by the tag it gave and the text that it was given for: going back to a savepoint has
 * the tag ROLLBACK too.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-COMMANDCOMPLETE
 */
export function turnsTransaction(tag: string, text: string): boolean {
  if (!tags.has(tag)) return false;
  if (tag !== "ROLLBACK") return true;
  const ends = codeOf(text, dialect)
    .split(";")
    .filter((statement) => ending.test(statement));
  return ends.length === 0 || ends.some((statement) => !toSavepoint.test(statement));
}
