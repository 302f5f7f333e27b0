import { SqlServerError } from "../engine/sql-server-error.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { CommonTable, JoinKind, Query, QueryBody, Select, SelectItem, TableSource } from "./ast.ts";
import { backingType, type Emission, emitName, quote } from "./emission.ts";
import { ExpressionEmitter } from "./emit-expression.ts";
import { emitRows } from "./emit-values.ts";

/** What the translator knows of a result's columns beyond what PostgreSQL says; `undefined` where a star stands. */
export interface StaticColumn {
  /** SQL Server's name; an expression without an alias has none. */
  readonly name: string;
  /** The type, where the expression says it for certain. */
  readonly type: SqlType | undefined;
  /** The type is right only while PostgreSQL has this one. */
  readonly onlyFor?: { readonly typeOid: number; readonly typeModifier: number };
}

/** The name under which PostgreSQL reports a column that has none in SQL Server. */
export const namelessColumn = "?";

/** An expression emitter that knows how to write queries. */
export function expressionsOf(emission: Emission): ExpressionEmitter {
  return new ExpressionEmitter(emission, emitQuery);
}

/** Writes a query. */
export function emitQuery(query: Query, emission: Emission): string {
  const expressions = expressionsOf(emission);
  const parts = [emitCommonTables(query.common, emission), emitBody(query.body, emission)];
  if (query.orderBy.length > 0) parts.push(`ORDER BY ${expressions.emitOrder(query.orderBy)}`);
  const top = topOf(query.body);
  if (top !== undefined && query.offset !== undefined) {
    const text = "A TOP can not be used in the same query or sub-query as a OFFSET.";
    throw new SqlServerError(10741, text, { severity: 15, state: 2, reach: "batch" });
  }
  if (top !== undefined) parts.push(`LIMIT ${expressions.emit(top)}`);
  if (query.offset !== undefined) parts.push(`OFFSET ${expressions.emit(query.offset)}`);
  if (query.fetch !== undefined) parts.push(`LIMIT mssql.fetched(${expressions.emit(query.fetch)})`);
  const locking = emitLocking(query.body);
  if (locking !== "") parts.push(locking);
  return parts.filter((it) => it !== "").join(" ");
}

/** Writes `WITH name AS (...)`, or nothing. */
export function emitCommonTables(tables: readonly CommonTable[], emission: Emission): string {
  if (tables.length === 0) return "";
  const written = tables.map(({ name, columns, query }) => {
    const list = columns.length === 0 ? "" : ` (${columns.map(quote).join(", ")})`;
    return `${quote(name)}${list} AS (${emitQuery(query, emission)})`;
  });
  // A common table may refer to itself in T-SQL without saying so.
  return `WITH RECURSIVE ${written.join(", ")}`;
}

/** The first SELECT of a query, which names the columns of all of them. */
export function leftmostSelect(query: Query): Select {
  let { body } = query;
  while (body.kind !== "select") body = body.kind === "set" ? body.left : body.query.body;
  return body;
}

/** Writes one SELECT of a query alone. */
export function emitSelectAlone(select: Select, common: readonly CommonTable[], emission: Emission): string {
  return emitQuery({ kind: "query", common, body: select, orderBy: [], offset: undefined, fetch: undefined }, emission);
}

/** What is known of the columns of a query. */
export function staticColumns(query: Query, emission: Emission): readonly (StaticColumn | undefined)[] {
  const first = query.body.kind === "select";
  const body = leftmostSelect(query);
  // The types of a set operation follow from all of its parts.
  return staticItems(body.items, emission).map((it) => (first || it === undefined ? it : { ...it, type: undefined }));
}

/** What is known of the columns of a select list. */
export function staticItems(items: readonly SelectItem[], emission: Emission): readonly (StaticColumn | undefined)[] {
  const expressions = expressionsOf(emission);
  return items.map((item) => {
    if (item.kind !== "expression") return undefined;
    const { expression, alias } = item;
    const own = expression.kind === "column" ? (expression.parts.at(-1) ?? "") : "";
    return { name: alias ?? own, type: expressions.typeOf(expression) };
  });
}

function topOf(body: QueryBody) {
  return body.kind === "select" ? body.top : undefined;
}

function emitBody(body: QueryBody, emission: Emission): string {
  switch (body.kind) {
    case "select":
      return emitSelect(body, emission);
    case "nested":
      return `(${emitQuery(body.query, emission)})`;
    case "set":
      return `${emitOperand(body.left, emission)} ${body.operator} ${emitOperand(body.right, emission)}`;
  }
}

function emitOperand(body: QueryBody, emission: Emission): string {
  if (topOf(body) === undefined && body.kind !== "set") return emitBody(body, emission);
  const query: Query = { kind: "query", common: [], body, orderBy: [], offset: undefined, fetch: undefined };
  return `(${emitQuery(query, emission)})`;
}

function emitSelect(select: Select, emission: Emission): string {
  const expressions = expressionsOf(emission);
  const parts = [`SELECT ${select.distinct ? "DISTINCT " : ""}${emitItems(select.items, emission)}`];
  if (select.from.length > 0) parts.push(`FROM ${select.from.map((it) => emitSource(it, emission)).join(", ")}`);
  if (select.where !== undefined) parts.push(`WHERE ${expressions.emit(select.where)}`);
  if (select.groupBy.length > 0) parts.push(`GROUP BY ${select.groupBy.map((it) => expressions.emit(it)).join(", ")}`);
  if (select.having !== undefined) parts.push(`HAVING ${expressions.emit(select.having)}`);
  return parts.join(" ");
}

/** Writes a select list or the items of OUTPUT. */
export function emitItems(items: readonly SelectItem[], emission: Emission): string {
  const expressions = expressionsOf(emission);
  return items.map((item) => emitItem(item, expressions)).join(", ");
}

function emitItem(item: SelectItem, expressions: ExpressionEmitter): string {
  switch (item.kind) {
    case "star": {
      if (item.qualifier === undefined) return "*";
      const [only = ""] = item.qualifier;
      if (item.qualifier.length === 1 && only.toLowerCase() === "inserted") return "new.*";
      if (item.qualifier.length === 1 && only.toLowerCase() === "deleted") return "old.*";
      return `${item.qualifier.map(quote).join(".")}.*`;
    }
    case "assign":
      return expressions.emit(item.expression);
    case "expression": {
      const { expression, alias } = item;
      const named = alias ?? (expression.kind === "column" ? (expression.parts.at(-1) ?? "") : namelessColumn);
      return `${emitSelected(item, expressions)} AS ${quote(named)}`;
    }
  }
}

/** A value of a select list: one that is only NULL or a text needs its type said, because nothing around it does. */
function emitSelected(item: Extract<SelectItem, { kind: "expression" }>, expressions: ExpressionEmitter): string {
  const { expression } = item;
  const written = expressions.emit(expression);
  if (expression.kind !== "literal") return written;
  return `(${written})::${backingType(expression.type)}`;
}

const joinWords: Readonly<Record<JoinKind, string>> = {
  INNER: "JOIN",
  LEFT: "LEFT JOIN",
  RIGHT: "RIGHT JOIN",
  FULL: "FULL JOIN",
  CROSS: "CROSS JOIN",
};

/** Writes a table of a FROM clause. */
export function emitSource(source: TableSource, emission: Emission): string {
  switch (source.kind) {
    case "table": {
      if (isOwnSession(source.name))
        return `${emitOwnSession(emission)} AS ${quote(source.alias ?? "dm_exec_sessions")}`;
      const name = emitName(source.name, emission.context);
      if (source.hints.some(isRangeLock) && source.hints.some(isUpdateLock)) emission.lockedTables.add(name);
      return withAlias(name, source.alias);
    }
    case "derived":
      return `(${emitQuery(source.query, emission)}) AS ${aliasWithColumns(source)}`;
    case "values":
      return `(${emitRows(source.rows, expressionsOf(emission))}) AS ${aliasWithColumns(source)}`;
    case "join":
      return emitJoin(source, emission);
  }
}

function isOwnSession(name: readonly string[]): boolean {
  return name.join(".").toLowerCase() === "sys.dm_exec_sessions";
}

/** The row of `sys.dm_exec_sessions` that every login may see: that of its own session. */
function emitOwnSession(emission: Emission): string {
  const columns = ["session_id", "login_name", "program_name", "host_name", "transaction_isolation_level"];
  const facts = ["spid", "login", "application", "host", "isolation_number"];
  const values = facts.map((fact, index) => `${emission.variable(`fact:${fact}`)} AS ${quote(columns[index] ?? "")}`);
  return `(SELECT ${values.join(", ")})`;
}

function emitJoin(source: Extract<TableSource, { kind: "join" }>, emission: Emission): string {
  const left = emitSource(source.left, emission);
  const right = emitSource(source.right, emission);
  const on = source.on === undefined ? "" : ` ON ${expressionsOf(emission).emit(source.on)}`;
  return `${left} ${joinWords[source.join]} ${source.right.kind === "join" ? `(${right})` : right}${on}`;
}

function withAlias(name: string, alias: string | undefined): string {
  return alias === undefined ? name : `${name} AS ${quote(alias)}`;
}

function aliasWithColumns({ alias, columns }: { readonly alias: string; readonly columns: readonly string[] }): string {
  return columns.length === 0 ? quote(alias) : `${quote(alias)} (${columns.map(quote).join(", ")})`;
}

function isRangeLock(hint: string): boolean {
  return hint === "HOLDLOCK" || hint === "SERIALIZABLE";
}

function isUpdateLock(hint: string): boolean {
  return hint === "UPDLOCK" || hint === "XLOCK";
}

/** Locks on the rows that a query reads: UPDLOCK and XLOCK take them, READPAST skips what others hold. */
function emitLocking(body: QueryBody): string {
  if (body.kind !== "select") return "";
  const tables = body.from.flatMap(tablesOf);
  const locked = tables.filter((it) => it.hints.some(isUpdateLock));
  if (locked.length === 0) return "";
  const hints = locked.flatMap((it) => it.hints);
  const waiting = hints.includes("READPAST") ? " SKIP LOCKED" : hints.includes("NOWAIT") ? " NOWAIT" : "";
  return `FOR UPDATE OF ${locked.map((it) => quote(it.alias ?? it.name.at(-1) ?? "")).join(", ")}${waiting}`;
}

function tablesOf(source: TableSource): readonly Extract<TableSource, { kind: "table" }>[] {
  if (source.kind === "table") return [source];
  return source.kind === "join" ? [...tablesOf(source.left), ...tablesOf(source.right)] : [];
}
