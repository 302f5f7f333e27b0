import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import { maxLength, parseTypeText, type SqlType, typeText } from "../types/sql-type.ts";
import type { ColumnDefinition, ComputedColumn, Name, Statement, TableConstraint, TableDefinition } from "./ast.ts";
import { backingType, Emission, type EmissionContext, emitName, isTemporary, quote, quoteText } from "./emission.ts";
import { expressionsOf } from "./emit-query.ts";

/** Writes CREATE TABLE: the table, then for each column its type of SQL Server as a comment, which results are typed by. */
export function emitCreateTable(
  table: string,
  definition: TableDefinition,
  temporary: boolean,
  context: EmissionContext,
): readonly string[] {
  const columns = definition.columns.map(onlyStored);
  const elements = [
    ...columns.map((it) => emitColumn(it, context)),
    ...columns.flatMap((it) => lengthCheck(it)),
    ...[...columns.flatMap((it) => it.constraints), ...definition.constraints].map((it) => emitConstraint(it, context)),
  ];
  const create = `CREATE ${temporary ? "TEMP " : ""}TABLE ${table} (${elements.join(", ")})`;
  return [create, ...columns.map((it) => commentOn(table, it.name, it.type))];
}

/** Says in the catalogue which type of SQL Server a column has, and how its name was written. */
export function commentOn(table: string, column: string, type: SqlType): string {
  return `COMMENT ON COLUMN ${table}.${quote(column)} IS ${quoteText(`${typeText(type)} ${column}`)}`;
}

/** Reads what {@link commentOn} said. */
export function readComment(comment: string): { readonly type: SqlType; readonly name: string } {
  const blank = comment.indexOf(" ");
  return { type: parseTypeText(comment.slice(0, blank)), name: comment.slice(blank + 1) };
}

function onlyStored(column: ColumnDefinition | ComputedColumn): ColumnDefinition {
  if ("computed" in column) throw new NotUnderstoodError("a computed column");
  return column;
}

function emitColumn(column: ColumnDefinition, context: EmissionContext): string {
  const parts = [quote(column.name), backingType(column.type)];
  if (column.identity !== undefined) {
    const { seed, increment } = column.identity;
    parts.push(`GENERATED ALWAYS AS IDENTITY (START WITH ${seed} INCREMENT BY ${increment})`);
  }
  if (column.nullable === false || column.identity !== undefined) parts.push("NOT NULL");
  if (column.fallback !== undefined) parts.push(`DEFAULT ${constant(column.fallback, context)}`);
  return parts.join(" ");
}

/** The name of the checks that stand for the length of a binary column; a violation is a truncation in SQL Server. */
export const lengthCheckPrefix = "mssql_length_";

function lengthCheck(column: ColumnDefinition): readonly string[] {
  const { type } = column;
  if (type.name !== "varbinary" || type.length === maxLength) return [];
  const name = quote(`${lengthCheckPrefix}${column.name}`);
  return [`CONSTRAINT ${name} CHECK (octet_length(${quote(column.name)}) <= ${type.length})`];
}

function constant(
  expression: Parameters<ReturnType<typeof expressionsOf>["emit"]>[0],
  context: EmissionContext,
): string {
  const emission = new Emission(context);
  const written = expressionsOf(emission).emit(expression);
  if (emission.values.length > 0) throw new NotUnderstoodError("a variable in a definition");
  return `(${written})`;
}

function emitConstraint(constraint: TableConstraint, context: EmissionContext): string {
  const name = constraint.name === undefined ? "" : `CONSTRAINT ${quote(constraint.name)} `;
  switch (constraint.kind) {
    case "primary-key":
      return `${name}PRIMARY KEY (${constraint.columns.map(quote).join(", ")})`;
    case "unique":
      // A unique constraint of SQL Server takes one NULL.
      return `${name}UNIQUE NULLS NOT DISTINCT (${constraint.columns.map(quote).join(", ")})`;
    case "check":
      return `${name}CHECK ${constant(constraint.condition, context)}`;
    case "foreign-key": {
      const referenced = constraint.referenced.length === 0 ? "" : ` (${constraint.referenced.map(quote).join(", ")})`;
      const table = emitName(constraint.table, context);
      return `${name}FOREIGN KEY (${constraint.columns.map(quote).join(", ")}) REFERENCES ${table}${referenced}${constraint.actions}`;
    }
  }
}

/** Writes ALTER TABLE. */
export function emitAlterTable(
  statement: Extract<Statement, { kind: "alter-table" }>,
  context: EmissionContext,
): readonly string[] {
  const table = emitName(statement.table, context);
  const { change } = statement;
  switch (change.kind) {
    case "add": {
      const columns = change.definition.columns.map(onlyStored);
      const constraints = [...columns.flatMap((it) => it.constraints), ...change.definition.constraints];
      return [
        ...columns.map((it) => `ALTER TABLE ${table} ADD COLUMN ${emitColumn(it, context)}`),
        ...columns.flatMap(lengthCheck).map((it) => `ALTER TABLE ${table} ADD ${it}`),
        ...constraints.map((it) => `ALTER TABLE ${table} ADD ${emitConstraint(it, context)}`),
        ...columns.map((it) => commentOn(table, it.name, it.type)),
      ];
    }
    case "drop-column":
    case "drop-constraint": {
      const kind = change.kind === "drop-column" ? "COLUMN" : "CONSTRAINT";
      const ifExists = change.ifExists ? "IF EXISTS " : "";
      return change.names.map((it) => `ALTER TABLE ${table} DROP ${kind} ${ifExists}${quote(it)}`);
    }
    case "alter-column": {
      const column = quote(change.column);
      const type = backingType(change.type);
      return [
        `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${type} USING ${column}::${type}`,
        `ALTER TABLE ${table} ALTER COLUMN ${column} ${change.nullable === false ? "SET" : "DROP"} NOT NULL`,
        commentOn(table, change.column, change.type),
      ];
    }
  }
}

/** Writes CREATE INDEX. */
export function emitCreateIndex(
  statement: Extract<Statement, { kind: "create-index" }>,
  context: EmissionContext,
): readonly string[] {
  const columns = statement.columns.map(({ expression, descending }) => {
    if (expression.kind !== "column") throw new NotUnderstoodError("an index on an expression");
    return `${quote(expression.parts.at(-1) ?? "")}${descending ? " DESC" : ""}`;
  });
  const include = statement.include.length === 0 ? "" : ` INCLUDE (${statement.include.map(quote).join(", ")})`;
  const where = statement.where === undefined ? "" : ` WHERE ${constant(statement.where, context)}`;
  const unique = statement.unique ? "UNIQUE " : "";
  const nulls = statement.unique ? " NULLS NOT DISTINCT" : "";
  const on = `${emitName(statement.table, context)} (${columns.join(", ")})`;
  return [`CREATE ${unique}INDEX ${quote(statement.name)} ON ${on}${include}${nulls}${where}`];
}

/** Writes DROP; the names are checked by PostgreSQL, whose complaint the engine turns into 3701. */
export function emitDrop(statement: Extract<Statement, { kind: "drop" }>, context: EmissionContext): readonly string[] {
  const ifExists = statement.ifExists ? "IF EXISTS " : "";
  const words = statement.object.toUpperCase();
  switch (statement.object) {
    case "table":
    case "schema":
      return statement.names.map((it) => `DROP ${words} ${ifExists}${droppedName(it, statement.object, context)}`);
    case "index": {
      const { on } = statement;
      return statement.names.map((name) => {
        const index = name.at(-1) ?? "";
        const table = on ?? name.slice(0, -1);
        const schema = table.length > 1 ? [table.at(-2) ?? "dbo"] : isTemporary(table) ? [] : ["dbo"];
        return `DROP INDEX ${ifExists}${[...schema, index].map(quote).join(".")}`;
      });
    }
    default:
      throw new NotUnderstoodError(`DROP ${words}`);
  }
}

function droppedName(name: Name, object: string, context: EmissionContext): string {
  return object === "schema" ? quote(name.at(-1) ?? "") : emitName(name, context);
}
