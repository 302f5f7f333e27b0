import { quotedPath } from "./names.ts";
import { isPlaceholder, type TokenStream } from "./token-stream.ts";

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
    "ABS ADD_MONTHS ASCII AVG CEIL CHR COALESCE CONCAT COS COUNT DENSE_RANK EXP FIRST_VALUE FLOOR HEXTORAW INITCAP INSTR JSON_VALUE LAG LAST_DAY " +
    "LAST_VALUE LEAD LENGTH LENGTHB LN LOWER LPAD LTRIM MAX MIN MOD MONTHS_BETWEEN NTILE NULLIF POWER RANK RAWTOHEX REGEXP_COUNT REGEXP_INSTR " +
    "REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REPLACE ROUND ROW_NUMBER RPAD RTRIM SIGN SIN SQRT STDDEV SUBSTR SUM SYS_CONTEXT SYS_GUID TO_CHAR TO_CLOB " +
    "TO_DATE TO_NUMBER TO_TIMESTAMP TO_TIMESTAMP_TZ TRANSLATE TRUNC UPPER VARIANCE"
  ).split(" "),
);

/** Functions that are written otherwise. */
const rewritten: Readonly<Record<string, (stream: TokenStream, args: readonly string[]) => string>> = {
  NVL: (_, args) => `coalesce(${args.join(", ")})`,
  NVL2: (_, [value = "", there = "", absent = ""]) =>
    `CASE WHEN ${known(value)} IS NOT NULL THEN ${there} ELSE ${absent} END`,
  DECODE: (_, args) => decode(args),
  GREATEST: (_, args) => extreme("greatest", args),
  LEAST: (_, args) => extreme("least", args),
  EMPTY_CLOB: () => "''::ora.clob",
  EMPTY_BLOB: () => "''::ora.blob",
  USERENV: (_, [what = ""]) => `sys_context('USERENV', ${what})`,
  "DBMS_LOB.GETLENGTH": (_, [lob = ""]) => `length(${lob})`,
  "DBMS_RANDOM.VALUE": () => "random()::numeric",
  NUMTODSINTERVAL: (_, [count = "", unit = ""]) => `(${count}) * ('1 ' || ${unit})::interval`,
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
    return `count(*)${window(stream, translator)}`;
  }
  const distinct = stream.word("DISTINCT", "UNIQUE", "ALL");
  const args = stream.is(")") ? [] : translator.list();
  if (stream.is("=>")) throw stream.refuse("=>");
  stream.expect(")");
  if (!wasQuoted && name === "LISTAGG") return listagg(stream, args, translator);
  const rewrite = wasQuoted ? undefined : rewritten[name];
  if (rewrite !== undefined) return rewrite(stream, args);
  if (wasQuoted || !sameName.has(name)) return `${quotedPath(parts)}(${args.join(", ")})`;
  const prefix = distinct === undefined || distinct === "ALL" ? "" : "DISTINCT ";
  return `${name.toLowerCase()}(${prefix}${args.join(", ")})${window(stream, translator)}`;
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

/** `OVER (...)`. */
function window(stream: TokenStream, translator: ArgumentTranslator): string {
  if (!stream.accept("OVER")) return "";
  stream.expect("(");
  let text = "";
  if (stream.accept("PARTITION")) {
    stream.expect("BY");
    text += `PARTITION BY ${translator.list().join(", ")} `;
  }
  if (stream.accept("ORDER")) {
    stream.expect("BY");
    text += `ORDER BY ${ordering(stream, translator)} `;
  }
  const frame = stream.word("ROWS", "RANGE");
  if (frame !== undefined) {
    const start = stream.at;
    while (!stream.is(")")) {
      if (stream.peek().kind === "end") throw stream.error(907, "missing right parenthesis");
      stream.next();
    }
    text += `${frame} ${stream.source(start, stream.at)} `;
  }
  stream.expect(")");
  return ` OVER (${text.trim()})`;
}

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

function listagg(
  stream: TokenStream,
  [value = "", separator = "''"]: readonly string[],
  translator: ArgumentTranslator,
): string {
  let order = "";
  if (stream.accept("WITHIN")) {
    stream.expect("GROUP", 905, "missing keyword");
    stream.expect("(");
    stream.expect("ORDER", 905, "missing keyword");
    stream.expect("BY");
    order = ` ORDER BY ${ordering(stream, translator)}`;
    stream.expect(")");
  }
  return `string_agg((${value})::text, ${separator === "NULL" ? "''" : separator}${order})${window(stream, translator)}`;
}

function decode([value = "", ...rest]: readonly string[]): string {
  let text = "CASE";
  let index = 0;
  for (; index + 1 < rest.length; index += 2)
    text += ` WHEN ${value} IS NOT DISTINCT FROM ${rest[index]} THEN ${rest[index + 1]}`;
  return `${text}${index < rest.length ? ` ELSE ${rest[index]}` : ""} END`;
}

/** NULL among the values makes the result NULL. */
function extreme(name: string, args: readonly string[]): string {
  return `CASE WHEN ${args.map((arg) => `${known(arg)} IS NULL`).join(" OR ")} THEN NULL ELSE ${name}(${args.join(", ")}) END`;
}

/** PostgreSQL cannot guess the type of a parameter that is only asked whether it is NULL. */
function known(value: string): string {
  return isPlaceholder(value) ? `(${value})::text` : `(${value})`;
}
