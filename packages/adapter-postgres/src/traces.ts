import { codeOf } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";

// Whatever has none of these words is told by its tag alone. Looked for in every text that is not prepared yet, so it has to be quick.
const suspicious =
  /\b(?:set_config|setseed|pg_(?:try_)?advisory_lock\w*|pg_temp|temp|temporary|with\s+hold|do(?!\s+(?:update|nothing)\b)|call)\b/i;

const lockOrSeed = /\b(?:setseed|pg_(?:try_)?advisory_lock(?:_shared)?)"?\s*\(/i;
const block = /^\s*(?:do|call)\b/;
const temporary: readonly RegExp[] = [
  /\bcreate\s+(?:or\s+replace\s+)?(?:(?:local|global)\s+)?temp(?:orary)?\b/,
  // SELECT INTO; a table of this name may well be inserted into.
  /(?<!\b(?:insert|merge)\s+)\binto\s+(?:(?:local|global)\s+)?temp(?:orary)?\b/,
  /\b(?:create|into)\b.*\bpg_temp"?\s*\./s,
];
const untilCommit = /\bon\s+commit\s+drop\b/;
const heldCursor = /\bwith\s+hold\b/;

/**
 * Whether a text may change something of the session that the command tag does not tell: temporary tables, advisory locks of the session,
 * `set_config`, cursors WITH HOLD, and DO and CALL, of which nothing is known. Said before it runs: a lock that was taken is kept although the
 * statement fails afterwards. What a function does inside of a query cannot be seen.
 */
export function leavesTraces(text: string): boolean {
  return suspicious.test(text) && codeOf(text, dialect).split(";").some(statementLeavesTraces);
}

function statementLeavesTraces(code: string): boolean {
  if (block.test(code) || lockOrSeed.test(code) || heldCursor.test(code)) return true;
  if (temporary.some((it) => it.test(code)) && !untilCommit.test(code)) return true;
  return setsForSession(code);
}

/** Whether there is a `set_config` whose last argument is not plainly `true`. */
function setsForSession(code: string): boolean {
  for (const call of code.matchAll(/\bset_config"?\s*\(/g)) {
    const isLocal = lastArgument(code, call.index + call[0].length);
    if (!/^\s*true\s*$/.test(isLocal)) return true;
  }
  return false;
}

/** The last argument of a call. @param from - just behind its parenthesis */
function lastArgument(code: string, from: number): string {
  let depth = 0;
  let start = from;
  for (let at = from; at < code.length; at++) {
    const char = code[at];
    if (char === "(" || char === "[") depth++;
    else if (char === "," && depth === 0) start = at + 1;
    else if ((char === ")" || char === "]") && --depth < 0) return code.slice(start, at);
  }
  return "";
}
