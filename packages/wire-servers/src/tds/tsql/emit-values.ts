import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import { isText, type SqlType, type SqlTypeName } from "../types/sql-type.ts";
import type { Expression } from "./ast.ts";
import type { ExpressionEmitter } from "./emit-expression.ts";

/** https://learn.microsoft.com/sql/t-sql/data-types/data-type-precedence-transact-sql, the highest first. */
const precedence: readonly SqlTypeName[] = [
  "datetimeoffset",
  "datetime2",
  "datetime",
  "smalldatetime",
  "date",
  "time",
  "float",
  "real",
  "decimal",
  "numeric",
  "money",
  "smallmoney",
  "bigint",
  "int",
  "smallint",
  "tinyint",
  "bit",
  "uniqueidentifier",
  "nvarchar",
  "nchar",
  "varchar",
  "char",
  "varbinary",
  "binary",
];

/**
 * Writes the rows of VALUES. Each of their columns has one type in all rows, the one that ranks highest among its values, and loses what
 * that type cannot hold: a long decimal in digits beside a float becomes a float.
 */
export function emitRows(
  rows: readonly (readonly (Expression | "default")[])[],
  expressions: ExpressionEmitter,
): string {
  const typeOf = (value: Expression | "default" | undefined) =>
    value === undefined || value === "default" ? undefined : expressions.typeOf(value);
  const common = (rows[0] ?? []).map((_, column) => highest(rows.map((row) => typeOf(row[column]))));
  const emitCell = (value: Expression | "default", column: number): string => {
    if (value === "default") return "DEFAULT";
    const wanted = common[column];
    const own = typeOf(value);
    if (wanted === undefined || own === undefined || own.name === wanted.name || (isText(own) && isText(wanted))) {
      return expressions.emit(value);
    }
    if (isText(wanted)) throw new NotUnderstoodError(`${own.name} beside ${wanted.name} in VALUES`);
    return expressions.emit({ kind: "cast", operand: value, type: wanted });
  };
  return `VALUES ${rows.map((row) => `(${row.map(emitCell).join(", ")})`).join(", ")}`;
}

function highest(types: readonly (SqlType | undefined)[]): SqlType | undefined {
  const known = types.filter((it) => it !== undefined);
  return known.toSorted((a, b) => precedence.indexOf(a.name) - precedence.indexOf(b.name))[0];
}
