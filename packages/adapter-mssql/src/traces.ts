import { codeOf } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";

/**
 * What a text leaves behind in its session: nothing; something that a reset puts back; that too, but only where a procedure of the name exists by
 * which the text begins; something that ends with the session. `sp_reset_connection` drops temporary objects, closes cursors, frees locks and puts
 * SET options back; it does not give up an identity that was taken on.
 */
export type Traces = "nothing" | "something" | "something if it exists" | "lasting";

/** How a text goes: as a batch, or through `sp_executesql`, at whose end SET options, the database and temporary tables are what they were. */
export type Scope = "batch" | "sp_executesql";

// A text that begins with a verb and has none of these words leaves nothing. Looked for in every new text, so it has to be quick.
const suspicious = /\b(?:set|exec|execute|cursor|open|dbcc|setuser)\b|#/i;
const plainVerb = /^\s*(?:select|insert|update|delete|merge|with)\b/i;

/** Definitions of code, temporary procedures apart: a batch holds one and nothing else, and nothing of it runs. */
const definition = /^\s*(?:create(?:\s+or\s+alter)?|alter)\s+(?:proc|procedure|function|trigger|view)\b(?!\s+(?:#|""))/;
/** What a batch begins with. Anything else is the name of a procedure, which needs no EXEC there. */
const statement =
  /^[\s;]*(?:$|[(@]|\w+\s*:|(?:add|alter|backup|begin|break|bulk|checkpoint|close|commit|create|dbcc|deallocate|declare|delete|deny|disable|drop|enable|end|exec|execute|fetch|get|goto|grant|if|insert|kill|merge|move|open|print|raiserror|readtext|receive|reconfigure|restore|return|revert|revoke|rollback|save|select|send|set|setuser|shutdown|throw|truncate|update|updatetext|use|waitfor|while|with|writetext)\b)/;

const impersonation = /\bexec(?:ute)?\s+as\b|\bsetuser\b|\bsp_setapprole\b/;
const call = /(?<!["[])\b(?:exec|execute)\b((?:(?!\b(?:exec|execute)\b)[^;])*)/g;
/** Calls of which it is known what stays: locks, whose arguments have names. */
const lockCall = /^\s*(?:@\w+\s*=\s*)?(?:sys\s*\.\s*)?sp_(?:releaseapplock\b|getapplock\s+@\w+\s*=)/;
const lockOwner = /@lockowner\s*=\s*(\S+)/gi;
const ofTransaction = /^n?'transaction'/i;
/** SET of an option, and not of a column, a variable or what a foreign key does. */
const option = /\bset\s+(?!null\b|default\b)[a-z_]\w*(?:\s*,|\s+(?!-=)[\w'"[@-])/;
/** Outlives `sp_executesql` as well: data of the session, cursors, keys, trace flags, global temporary tables. */
const outlives =
  /\bset\s+(?:context_info|identity_insert)\b|\bcursor\b(?!\s+local\b)|\bopen\s+(?:symmetric|master)\s+key\b|\bdbcc\s+traceo|\b(?:create\s+table|into)\s+[^\s(]*##/;
const cursorVariable = /@\w+\s+(?:as\s+)?cursor\b|=\s*cursor\b/g;
const temporary = /\b(?:create\s+(?:or\s+alter\s+)?(?:table|proc|procedure)|into)\s+[^\s(]*(#|"")/;
const quotedTemporary = /[["]#/;

/**
 * What a text leaves behind, by its words. Said before it runs: a lock that was taken is kept although the text fails afterwards. What a trigger does
 * cannot be seen.
 */
export function tracesOf(text: string, scope: Scope): Traces {
  const isPlain = plainVerb.test(text);
  if (isPlain && !suspicious.test(text)) return "nothing";
  const code = codeOf(text, dialect);
  const [, mark] = temporary.exec(code) ?? [];
  const isTemporary = mark === "#" || (mark !== undefined && quotedTemporary.test(text));
  if (definition.test(code)) return "nothing";
  if (impersonation.test(code)) return "lasting";
  if (callsSomething(code, text) || outlives.test(code.replace(cursorVariable, " "))) return "something";
  if (scope === "batch" && (isTemporary || option.test(code))) return "something";
  return isPlain || statement.test(code) ? "nothing" : "something if it exists";
}

/** Whether there is a call that does more than take a lock of the transaction. */
function callsSomething(code: string, text: string): boolean {
  const calls = [...code.matchAll(call)].map(([, what = ""]) => what);
  if (!calls.every((it) => lockCall.test(it))) return true;
  const owners = calls.length === 0 ? [] : [...text.matchAll(lockOwner)].map(([, owner = ""]) => owner);
  return !owners.every((it) => ofTransaction.test(it));
}
