import { codeOf } from "@nsj/mdb-core";
import { mysqlDialect } from "./dialect.ts";

/** A statement that only reads or writes rows, whatever becomes of it: it neither begins nor ends a transaction. */
const rowsOnly =
  /^(?:[\s(]|\/\*(?!M?!)[\s\S]*?\*\/|--\s.*\n|#.*\n)*(?:select|insert|update|delete|replace|with|values|table|show|explain|desc|describe)\b/i;

/** What a query may do to its session beside giving rows. Looked for in every text, so it has to be quick. */
const suspicious = /\bget_lock\b|:=|\binto\s*@|\/\*M?!/i;
const touching = /\bget_lock[\s`]*\(|:=|\binto\s*@/;

const temporary = /\bcreate\s+(?:or\s+replace\s+)?temporary\b/;
const touchingCommand =
  /^(?:set|use|prepare|lock|handler|call|begin\s+not|execute|xa)\b|^flush\b.*\bread\s+lock\b|\bget_lock[\s`]*\(|:=|\binto\s*@/s;
/** A setting of the server, or of one statement, is none of the session. */
const notOfSession = /^set\s+(?:global\s[^,]*|statement\b.*|password\b.*|persist(?:_only)?\s[^,]*)$/s;

/** What a text does beside giving rows, as far as it can be told without the server. */
export interface Deed {
  /** The next user of the session would see something of it. */
  readonly touchesSession: boolean;
  /** It reads or writes rows only: a transaction that is there before it is the same one behind it, unless the server had to end it. */
  readonly isRowsOnly: boolean;
  /** It ends a transaction and begins another one at once. */
  readonly turnsTransaction: boolean;
}

const harmless: Deed = Object.freeze({ touchesSession: false, isRowsOnly: true, turnsTransaction: false });

let last: { readonly text: string; readonly deed: Deed } = { text: "", deed: harmless };

/** What a text of a caller is about to do. One text is asked about several times on its way. */
export function deedOf(text: string): Deed {
  if (last.text !== text) last = { text, deed: readDeed(text) };
  return last.deed;
}

function readDeed(text: string): Deed {
  const isRowsOnly = rowsOnly.test(text);
  if (isRowsOnly && !suspicious.test(text)) return harmless;
  const code = codeOf(text, mysqlDialect).trim();
  if (isRowsOnly) return { touchesSession: touching.test(code), isRowsOnly, turnsTransaction: false };
  return {
    touchesSession: (touchingCommand.test(code) && !notOfSession.test(code)) || temporary.test(code),
    isRowsOnly,
    turnsTransaction: /^(?:begin\b(?!\s+not\b)|start\s+transaction\b)|^(?:commit|rollback)\b.*\band\s+chain\b/s.test(
      code,
    ),
  };
}
