import { quotedPath } from "./names.ts";
import type { TokenStream } from "./token-stream.ts";

/** Stands for ROWNUM in a translated text, until the query around it knows what to do with it. */
export const rownumMark = "\ue001";

/** What a call's arguments are translated with. */
export interface ArgumentTranslator {
  expression(): string;
  list(): string[];
}

/** Functions that PostgreSQL has, or that the schema `ora` adds, under the same name and with the same arguments. */
const sameName = new Set(
  (
    "ABS ADD_MONTHS AVG CEIL CHR COALESCE CONCAT COUNT FLOOR HEXTORAW INSTR LAST_DAY LENGTH LENGTHB LOWER LPAD LTRIM MAX MIN MOD NULLIF POWER " +
    "RAWTOHEX REGEXP_LIKE REPLACE ROUND RPAD RTRIM SIGN SQRT SUBSTR SUM SYS_CONTEXT SYS_GUID TO_CHAR TO_CLOB TO_DATE TO_NUMBER TO_TIMESTAMP " +
    "TO_TIMESTAMP_TZ TRUNC UPPER"
  ).split(" "),
);

/** Functions of Oracle that no function of a user can be mistaken for. */
const refused = new Set(
  (
    "ASCII BITAND DECODE DENSE_RANK FIRST_VALUE GREATEST INITCAP JSON_VALUE LAG LAST_VALUE LEAD LEAST LISTAGG MEDIAN MONTHS_BETWEEN NTILE " +
    "NUMTODSINTERVAL NVL2 RANK REGEXP_COUNT REGEXP_INSTR REGEXP_REPLACE REGEXP_SUBSTR ROW_NUMBER STDDEV TRANSLATE VARIANCE"
  ).split(" "),
);

/** Functions that are written otherwise. */
const rewritten: Readonly<Record<string, (stream: TokenStream, args: readonly string[]) => string>> = {
  NVL: (_, args) => `coalesce(${args.join(", ")})`,
  "DBMS_LOB.GETLENGTH": (_, [lob = ""]) => `length(${lob})`,
};

/** Reads a call from its opening parenthesis on. */
export function functionCall(
  stream: TokenStream,
  parts: readonly string[],
  translator: ArgumentTranslator,
  wasQuoted: boolean,
): string {
  const name = parts.join(".");
  stream.expect("(");
  if (name === "COUNT" && stream.accept("*")) {
    stream.expect(")");
    return "count(*)";
  }
  const distinct = stream.word("DISTINCT", "UNIQUE", "ALL");
  const args = stream.is(")") ? [] : translator.list();
  if (stream.is("=>")) throw stream.refuse("=>");
  stream.expect(")");
  const rewrite = wasQuoted ? undefined : rewritten[name];
  if (rewrite !== undefined) return rewrite(stream, args);
  if (!wasQuoted && refused.has(name)) throw stream.refuse(name);
  if (wasQuoted || !sameName.has(name)) return `${quotedPath(parts)}(${args.join(", ")})`;
  const prefix = distinct === undefined || distinct === "ALL" ? "" : "DISTINCT ";
  if (stream.is("OVER") || stream.is("WITHIN")) throw stream.refuse();
  return `${name.toLowerCase()}(${prefix}${args.join(", ")})`;
}

/** Words that are a value by themselves; `undefined` where the next token is none. */
export function pseudoColumn(stream: TokenStream): string | undefined {
  const token = stream.peek();
  if (token.kind !== "word" || stream.peek(1).value === "." || stream.variables.has(token.value)) return undefined;
  const text = pseudoColumns[token.value];
  if (text === undefined) return undefined;
  stream.next();
  if (token.value.endsWith("TIMESTAMP") && stream.is("(")) {
    stream.next();
    stream.next();
    stream.expect(")");
  }
  return text;
}

const pseudoColumns: Readonly<Record<string, string>> = {
  SYSDATE: "ora.sysdate()",
  CURRENT_DATE: "localtimestamp(0)::ora.date",
  SYSTIMESTAMP: "statement_timestamp()",
  CURRENT_TIMESTAMP: "statement_timestamp()",
  LOCALTIMESTAMP: "statement_timestamp()::timestamp",
  DBTIMEZONE: "'+00:00'::text",
  SESSIONTIMEZONE: "current_setting('wire.time_zone')",
  USER: "current_setting('wire.user')",
  ROWNUM: rownumMark,
  LEVEL: '"LEVEL"',
};

/** `a DESC NULLS LAST, b`. */
export function ordering(stream: TokenStream, translator: ArgumentTranslator): string {
  const items: string[] = [];
  do {
    const position = stream.peek();
    // A number alone is a column's position, and no value.
    const alone =
      position.kind === "number" && /^(,|\)|)$|^(ASC|DESC|NULLS|OFFSET|FETCH|FOR)$/.test(stream.peek(1).value);
    let item = alone ? stream.next().value : translator.expression();
    const direction = stream.word("ASC", "DESC");
    if (direction !== undefined) item += ` ${direction}`;
    if (stream.accept("NULLS")) {
      const where = stream.word("FIRST", "LAST");
      if (where === undefined) throw stream.error(933, "SQL command not properly ended");
      item += ` NULLS ${where}`;
    }
    items.push(item);
  } while (stream.accept(","));
  return items.join(", ");
}
