import { codeOf } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";

/** What the server did, as far as it is more than a query or a change of rows. */
export interface Deed {
  /** A transaction was begun or ended. */
  readonly turnsTransaction: boolean;
  /** Something of the session was changed that the next borrower would see. */
  readonly changesSession: boolean;
}

const turned: Deed = Object.freeze({ turnsTransaction: true, changesSession: false });
const changed: Deed = Object.freeze({ turnsTransaction: false, changesSession: true });
const nothing: Deed = Object.freeze({ turnsTransaction: false, changesSession: false });

/**
 * By the command tag. Temporary tables and cursors that outlive their transaction have the tags of their ordinary siblings: those are found by
 * their text, see `leavesTraces`.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-COMMANDCOMPLETE
 */
const deeds: ReadonlyMap<string, Deed | ((code: string) => Deed)> = new Map<string, Deed | ((code: string) => Deed)>([
  ["BEGIN", turned],
  ["START TRANSACTION", turned],
  ["COMMIT", turned],
  ["PREPARE TRANSACTION", turned],
  ["ROLLBACK", (code) => (isOnlyToSavepoint(code) ? nothing : turned)],
  ["SET", (code) => (isOnlyForTransaction(code) ? nothing : changed)],
  ["RESET", changed],
  ["LISTEN", changed],
  ["UNLISTEN", changed],
  ["PREPARE", changed],
  ["DEALLOCATE", changed],
  ["DEALLOCATE ALL", changed],
  ["DISCARD ALL", changed],
  ["DISCARD PLANS", changed],
  ["DISCARD SEQUENCES", changed],
  ["DISCARD TEMP", changed],
  ["LOAD", changed],
]);

/** What a statement of this text did, by the tag that the server gave. */
export function deedOf(tag: string, text: string): Deed {
  const deed = deeds.get(tag);
  if (deed === undefined) return nothing;
  return typeof deed === "function" ? deed(codeOf(text, dialect)) : deed;
}

const ending = /^\s*(?:commit|end|rollback|abort|prepare\s+transaction)\b/;
const toSavepoint = /^\s*rollback\s+(?:(?:work|transaction)\s+)?to\b/;

/** Going back to a savepoint has the tag ROLLBACK too, and so has the COMMIT of a failed transaction. */
function isOnlyToSavepoint(code: string): boolean {
  const ends = code.split(";").filter((statement) => ending.test(statement));
  return ends.length > 0 && ends.every((statement) => toSavepoint.test(statement));
}

const setting = /^\s*set\b/;
const forTransaction = /^\s*set\s+(?:local|transaction|constraints)\b/;

function isOnlyForTransaction(code: string): boolean {
  const settings = code.split(";").filter((statement) => setting.test(statement));
  return settings.length > 0 && settings.every((statement) => forTransaction.test(statement));
}

/** The count at the end of a command tag: `INSERT 0 3`, `UPDATE 3`; `null` where there is none. */
export function affectedBy(tag: string): number | null {
  const count = Number(tag.slice(tag.lastIndexOf(" ") + 1));
  return tag === "" || Number.isNaN(count) ? null : count;
}
