import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import type { Assignment, Delete, Expression, Insert, Merge, Name, Output, TableSource, Update } from "./ast.ts";
import { type Emission, emitName, quote } from "./emission.ts";
import {
  emitCommonTables,
  emitItems,
  emitQuery,
  emitSource,
  expressionsOf,
  type StaticColumn,
  staticItems,
} from "./emit-query.ts";
import { emitRows } from "./emit-values.ts";

/** A statement that changes rows, as PostgreSQL takes it. */
export interface EmittedChange {
  readonly text: string;
  /** What is known of the columns that OUTPUT gives; `undefined` when the statement gives no rows. */
  readonly columns: readonly (StaticColumn | undefined)[] | undefined;
}

const rangeLocks = ["HOLDLOCK", "SERIALIZABLE"];

/** Writes an INSERT. `explicitIdentity`: IDENTITY_INSERT is on for its table. */
export function emitInsert(insert: Insert, emission: Emission, explicitIdentity: boolean): EmittedChange {
  const target = lockedTarget(insert.target, insert.hints, emission);
  const columns = insert.columns.length === 0 ? "" : ` (${insert.columns.map(quote).join(", ")})`;
  const overriding = explicitIdentity ? " OVERRIDING SYSTEM VALUE" : "";
  const text = `INSERT INTO ${target}${columns}${overriding} ${emitSourceOfInsert(insert, emission)}`;
  return withOutput(insert.common, text, insert.output, emission);
}

function emitSourceOfInsert({ source }: Insert, emission: Emission): string {
  switch (source.kind) {
    case "defaults":
      return "DEFAULT VALUES";
    case "query":
      return emitQuery(source.query, emission);
    case "values":
      return emitRows(source.rows, expressionsOf(emission));
  }
}

/** Writes an UPDATE. */
export function emitUpdate(update: Update, emission: Emission): EmittedChange {
  const place = placeOf(update, emission);
  const text = [
    `UPDATE ${place.table} SET ${emitAssignments(update.set, emission)}`,
    place.others.length === 0 ? "" : `FROM ${place.others.map((it) => emitSource(it, emission)).join(", ")}`,
    emitWhere(place, update.where, update.top, update.hints, emission),
  ];
  return withOutput(update.common, text.filter((it) => it !== "").join(" "), update.output, emission);
}

/** Writes a DELETE. */
export function emitDelete(statement: Delete, emission: Emission): EmittedChange {
  const place = placeOf(statement, emission);
  const text = [
    `DELETE FROM ${place.table}`,
    place.others.length === 0 ? "" : `USING ${place.others.map((it) => emitSource(it, emission)).join(", ")}`,
    emitWhere(place, statement.where, statement.top, statement.hints, emission),
  ];
  return withOutput(statement.common, text.filter((it) => it !== "").join(" "), statement.output, emission);
}

/** Writes a MERGE. */
export function emitMerge(merge: Merge, emission: Emission): EmittedChange {
  const expressions = expressionsOf(emission);
  const target = lockedTarget(merge.target, merge.hints, emission);
  const alias = merge.alias === undefined ? "" : ` AS ${quote(merge.alias)}`;
  const branches = merge.branches.map(({ when, condition, action }) => {
    const words =
      when === "matched" ? "MATCHED" : `NOT MATCHED BY ${when === "not-matched-by-target" ? "TARGET" : "SOURCE"}`;
    const and = condition === undefined ? "" : ` AND ${expressions.emit(condition)}`;
    return ` WHEN ${words}${and} THEN ${emitAction(action, emission)}`;
  });
  const source = emitSource(merge.source, emission);
  const text = `MERGE INTO ${target}${alias} USING ${source} ON ${expressions.emit(merge.on)}${branches.join("")}`;
  return withOutput(merge.common, text, merge.output, emission);
}

function emitAction(action: Merge["branches"][number]["action"], emission: Emission): string {
  switch (action.kind) {
    case "delete":
      return "DELETE";
    case "update":
      return `UPDATE SET ${emitAssignments(action.set, emission)}`;
    case "insert": {
      const columns = action.columns.length === 0 ? "" : ` (${action.columns.map(quote).join(", ")})`;
      return `INSERT${columns} VALUES (${action.values.map((it) => emitValue(it, emission)).join(", ")})`;
    }
  }
}

function emitAssignments(set: readonly Assignment[], emission: Emission): string {
  return set
    .map(({ target, operator, value }) => {
      if (target.startsWith("@")) throw new NotUnderstoodError("SET @variable inside UPDATE");
      const column = quote(target);
      const written = emitValue(value, emission);
      return `${column} = ${operator === "=" ? written : `${column} ${operator.slice(0, -1)} ${written}`}`;
    })
    .join(", ");
}

function emitValue(value: Expression | "default", emission: Emission): string {
  return value === "default" ? "DEFAULT" : expressionsOf(emission).emit(value);
}

function lockedTarget(target: Name, hints: readonly string[], emission: Emission): string {
  const name = emitName(target, emission.context);
  if (hints.some((it) => rangeLocks.includes(it))) emission.lockedTables.add(name);
  return name;
}

/** Where an UPDATE or DELETE works, and what it joins. */
interface Place {
  readonly table: string;
  readonly qualifier: string;
  readonly others: readonly TableSource[];
  /** Join conditions, which PostgreSQL wants in WHERE. */
  readonly conditions: readonly Expression[];
}

/**
 * T-SQL names the target once more, or its alias only, in FROM; PostgreSQL names it once. Inner joins are taken apart to tables and
 * conditions.
 */
function placeOf(
  statement: {
    readonly target: Name;
    readonly hints: readonly string[];
    readonly from: readonly TableSource[];
  },
  emission: Emission,
): Place {
  const { target, from } = statement;
  if (from.length === 0) {
    const table = lockedTarget(target, statement.hints, emission);
    return { table, qualifier: table, others: [], conditions: [] };
  }
  const sources: TableSource[] = [];
  const conditions: Expression[] = [];
  for (const source of from) flatten(source, sources, conditions);
  const found = sources.find((it) => it.kind === "table" && isTarget(it, target));
  if (found?.kind !== "table") throw new NotUnderstoodError("FROM without the table that is changed");
  const table = lockedTarget(found.name, [...statement.hints, ...found.hints], emission);
  const alias = found.alias === undefined ? "" : ` AS ${quote(found.alias)}`;
  return {
    table: `${table}${alias}`,
    qualifier: found.alias === undefined ? table : quote(found.alias),
    others: sources.filter((it) => it !== found),
    conditions,
  };
}

function isTarget(source: Extract<TableSource, { kind: "table" }>, name: Name): boolean {
  if (name.length === 1 && source.alias?.toLowerCase() === name[0]?.toLowerCase()) return true;
  return source.name.at(-1)?.toLowerCase() === name.at(-1)?.toLowerCase();
}

function flatten(source: TableSource, sources: TableSource[], conditions: Expression[]): void {
  if (source.kind !== "join") {
    sources.push(source);
    return;
  }
  if (source.join !== "INNER" && source.join !== "CROSS")
    throw new NotUnderstoodError(`${source.join} JOIN in a change`);
  flatten(source.left, sources, conditions);
  flatten(source.right, sources, conditions);
  if (source.on !== undefined) conditions.push(source.on);
}

function emitWhere(
  place: Place,
  where: Expression | undefined,
  top: Expression | undefined,
  hints: readonly string[],
  emission: Emission,
): string {
  const expressions = expressionsOf(emission);
  const conditions = [...place.conditions, ...(where === undefined ? [] : [where])].map((it) => expressions.emit(it));
  const condition = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  if (top === undefined) return condition;
  if (place.others.length > 0) throw new NotUnderstoodError("TOP in a change with joins");
  const waiting = hints.includes("READPAST") ? " SKIP LOCKED" : "";
  const count = expressions.emit(top);
  return `WHERE ${place.qualifier}.ctid IN (SELECT ctid FROM ${place.table} ${condition} LIMIT ${count} FOR UPDATE${waiting})`;
}

/** Adds what OUTPUT wants: rows for the caller, or rows for another table. */
function withOutput(
  common: Parameters<typeof emitCommonTables>[0],
  text: string,
  output: Output | undefined,
  emission: Emission,
): EmittedChange {
  const tables = emitCommonTables(common, emission);
  const prefix = tables === "" ? "" : `${tables} `;
  if (output === undefined) return { text: `${prefix}${text}`, columns: undefined };
  const returning = `${text} RETURNING ${emitItems(output.items, emission)}`;
  if (output.into === undefined) {
    return { text: `${prefix}${returning}`, columns: staticItems(output.items, emission) };
  }
  const { target, columns } = output.into;
  const list = columns.length === 0 ? "" : ` (${columns.map(quote).join(", ")})`;
  const into = `INSERT INTO ${emitName(target, emission.context)}${list} SELECT * FROM mssql_changed`;
  const with_ = tables === "" ? "WITH" : `${tables},`;
  return { text: `${with_} mssql_changed AS (${returning}) ${into}`, columns: undefined };
}
