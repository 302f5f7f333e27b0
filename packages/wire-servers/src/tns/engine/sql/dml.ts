import { name, quoted, quotedPath, tableName } from "./names.ts";
import { expressionsOf, queryExpression } from "./query.ts";
import { tableAlias } from "./table-alias.ts";
import type { TokenStream } from "./token-stream.ts";

/** A translated statement that changes rows. */
export interface TranslatedDml {
  /** One after another; more than one for INSERT ALL. */
  readonly sql: readonly string[];
  /** The placeholders that take what RETURNING gives; empty without it. */
  readonly returnBinds: readonly number[];
  /** For INSERT: the table, and the columns that it names. */
  readonly target?: InsertTarget;
}

/** See {@link TranslatedDml.target}. Names are PostgreSQL's, in quotes. */
export interface InsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

/** Translates INSERT, from the word behind it on. */
export function insert(stream: TokenStream): TranslatedDml {
  if (stream.is("ALL") || stream.is("FIRST")) throw stream.refuse();
  stream.expect("INTO");
  const { text: into, target } = insertInto(stream);
  if (stream.isOneOf("SELECT", "WITH", "(")) {
    const sql = `${into} ${queryExpression(stream)}`;
    if (stream.isOneOf("RETURNING", "RETURN")) throw stream.error(933, "SQL command not properly ended");
    return { sql: [sql], returnBinds: [], target };
  }
  const values = rowOfValues(stream);
  if (stream.is(",")) throw stream.error(933, "SQL command not properly ended");
  const { text, binds } = returning(stream);
  return { sql: [`${into} ${values}${text}`], returnBinds: binds, target };
}

function insertInto(stream: TokenStream): { readonly text: string; readonly target: InsertTarget } {
  const table = quotedPath(tableName(stream));
  const alias = stream.isOneOf("VALUES", "SELECT", "WITH") ? "" : tableAlias(stream);
  let text = `INSERT INTO ${table}${alias}`;
  let columns: string[] = [];
  if (stream.is("(") && !(stream.peek(1).kind === "word" && ["SELECT", "WITH"].includes(stream.peek(1).value))) {
    stream.next();
    columns = [column(stream)];
    while (stream.accept(",")) columns.push(column(stream));
    stream.expect(")");
    const repeated = columns.find((it, index) => columns.indexOf(it) !== index);
    if (repeated !== undefined) throw stream.error(957, "duplicate column name");
    text += ` (${columns.join(", ")})`;
  }
  return { text, target: { table, columns } };
}

function rowOfValues(stream: TokenStream): string {
  stream.expect("VALUES");
  stream.expect("(");
  const values = expressionsOf(stream).list();
  stream.expect(")");
  return `VALUES (${values.join(", ")})`;
}

/** Translates UPDATE, from the word behind it on. */
export function update(stream: TokenStream): TranslatedDml {
  const table = quotedPath(tableName(stream));
  const alias = tableAlias(stream);
  stream.expect("SET");
  const assignments = assignmentList(stream);
  const where = stream.accept("WHERE") ? ` WHERE ${expressionsOf(stream).expression()}` : "";
  const { text, binds } = returning(stream);
  return { sql: [`UPDATE ${table}${alias} SET ${assignments}${where}${text}`], returnBinds: binds };
}

/** `a = 1, (b, c) = (select ...)`. */
export function assignmentList(stream: TokenStream): string {
  const assignments: string[] = [];
  do {
    let target: string;
    if (stream.accept("(")) {
      const columns = [column(stream)];
      while (stream.accept(",")) columns.push(column(stream));
      stream.expect(")");
      target = `(${columns.join(", ")})`;
    } else {
      target = column(stream);
    }
    stream.expect("=", 927, "missing equal sign");
    assignments.push(`${target} = ${expressionsOf(stream).expression()}`);
  } while (stream.accept(","));
  return assignments.join(", ");
}

/** A column to write; Oracle allows the table's alias in front of it. */
export function column(stream: TokenStream): string {
  let last = name(stream);
  while (stream.accept(".")) last = name(stream);
  return quoted(last);
}

/** Translates DELETE, from the word behind it on. */
export function deleteRows(stream: TokenStream): TranslatedDml {
  stream.accept("FROM");
  const table = quotedPath(tableName(stream));
  const alias = tableAlias(stream);
  const where = stream.accept("WHERE") ? ` WHERE ${expressionsOf(stream).expression()}` : "";
  const { text, binds } = returning(stream);
  return { sql: [`DELETE FROM ${table}${alias}${where}${text}`], returnBinds: binds };
}

/** `RETURNING a, b INTO :1, :2`, or nothing. */
function returning(stream: TokenStream): { readonly text: string; readonly binds: readonly number[] } {
  if (stream.word("RETURNING", "RETURN") === undefined) return { text: "", binds: [] };
  const values = expressionsOf(stream).list();
  stream.accept("BULK", "COLLECT");
  stream.expect("INTO");
  const binds: number[] = [];
  do {
    const token = stream.next();
    const isVariable = token.kind === "word" && stream.variables.has(token.value);
    if (token.kind !== "bind" && !isVariable) throw stream.error(1008, "not all variables bound");
    stream.placeholder({ kind: token.kind === "bind" ? "bind" : "variable", name: token.value });
    binds.push(stream.placeholders.length - 1);
  } while (stream.accept(","));
  if (binds.length !== values.length) {
    throw stream.error(
      binds.length < values.length ? 947 : 913,
      binds.length < values.length ? "not enough values" : "too many values",
    );
  }
  return { text: ` RETURNING ${values.join(", ")}`, binds };
}

/** Translates MERGE, from the word behind it on, to PostgreSQL's statement of that name. */
export function merge(stream: TokenStream): TranslatedDml {
  stream.expect("INTO");
  const table = quotedPath(tableName(stream));
  const alias = tableAlias(stream);
  stream.expect("USING", 905, "missing keyword");
  let source: string;
  if (stream.accept("(")) {
    source = `(${queryExpression(stream)})`;
    stream.expect(")");
  } else {
    source = quotedPath(tableName(stream));
  }
  source += tableAlias(stream);
  stream.expect("ON", 969, "missing ON keyword");
  if (!stream.is("(")) throw stream.error(906, "missing left parenthesis");
  const condition = expressionsOf(stream).expression();
  let actions = "";
  while (stream.accept("WHEN")) actions += mergeAction(stream);
  if (actions === "") throw stream.error(905, "missing keyword");
  if (stream.isOneOf("RETURNING", "RETURN")) throw stream.error(933, "SQL command not properly ended");
  return { sql: [`MERGE INTO ${table}${alias} USING ${source} ON ${condition}${actions}`], returnBinds: [] };
}

function mergeAction(stream: TokenStream): string {
  if (stream.accept("MATCHED")) {
    stream.expect("THEN");
    stream.expect("UPDATE", 905, "missing keyword");
    stream.expect("SET");
    const assignments = assignmentList(stream);
    const condition = stream.accept("WHERE") ? ` AND (${expressionsOf(stream).expression()})` : "";
    if (stream.is("DELETE")) throw stream.refuse("DELETE in a MERGE");
    return ` WHEN MATCHED${condition} THEN UPDATE SET ${assignments}`;
  }
  stream.expect("NOT", 905, "missing keyword");
  stream.expect("MATCHED", 905, "missing keyword");
  stream.expect("THEN");
  stream.expect("INSERT", 905, "missing keyword");
  let columns = "";
  if (stream.accept("(")) {
    const names = [column(stream)];
    while (stream.accept(",")) names.push(column(stream));
    stream.expect(")");
    columns = ` (${names.join(", ")})`;
  }
  const values = rowOfValues(stream);
  const condition = stream.accept("WHERE") ? ` AND (${expressionsOf(stream).expression()})` : "";
  return ` WHEN NOT MATCHED${condition} THEN INSERT${columns} ${values}`;
}

/** The end of a statement. @throws OracleError ORA-00933 where something follows, ORA-00911 for a semicolon. */
export function endOfStatement(stream: TokenStream): void {
  if (stream.peek().kind === "end") return;
  if (stream.is(";")) throw stream.error(911, "invalid character");
  throw stream.error(933, "SQL command not properly ended");
}
