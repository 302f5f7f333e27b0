import { NotUnderstoodError } from "../engine/sql-server-error.ts";
import { isText, oneType, plain, type SqlType } from "../types/sql-type.ts";
import type { Call, Expression, Order, Query, Window } from "./ast.ts";
import { backingType, type Emission, quote, quoteText } from "./emission.ts";
import { functions } from "./functions.ts";

/** How a query inside an expression is written; given by the module that writes queries. */
export type EmitQuery = (query: Query, emission: Emission) => string;

/** Writes expressions for PostgreSQL. Every operation is put in parentheses, so that precedence never matters. */
export class ExpressionEmitter {
  readonly emission: Emission;
  readonly #emitQuery: EmitQuery;

  constructor(emission: Emission, emitQuery: EmitQuery) {
    this.emission = emission;
    this.#emitQuery = emitQuery;
  }

  emit(expression: Expression): string {
    switch (expression.kind) {
      case "literal":
        return emitLiteral(expression.type, expression.value);
      case "variable":
        return this.emission.variable(expression.name);
      case "column":
        return emitColumn(expression.parts, this.emission.context.inTrigger === true);
      case "unary":
        return `(${expression.operator} ${this.emit(expression.operand)})`;
      case "binary":
        // `^` is a power in PostgreSQL.
        return `(${this.emit(expression.left)} ${expression.operator === "^" ? "#" : expression.operator} ${this.emit(expression.right)})`;
      case "call":
        return this.#call(expression);
      case "case":
        return this.#case(expression);
      case "cast":
        return this.#cast(expression);
      case "subquery":
        return `(${this.#emitQuery(expression.query, this.emission)})`;
      case "collate":
        if (/_BIN2?$/i.test(expression.collation)) return `(${this.emit(expression.operand)} COLLATE "C")`;
        throw new NotUnderstoodError(`the collation ${expression.collation}`);
      case "compare":
        return `(${this.emit(expression.left)} ${comparison(expression.operator)} ${this.emit(expression.right)})`;
      case "and":
      case "or":
        return `(${this.emit(expression.left)} ${expression.kind.toUpperCase()} ${this.emit(expression.right)})`;
      case "not":
        return `(NOT ${this.emit(expression.operand)})`;
      case "in": {
        const list = Array.isArray(expression.list)
          ? expression.list.map((item: Expression) => this.emit(item)).join(", ")
          : this.#emitQuery(expression.list as Query, this.emission);
        return `(${this.emit(expression.operand)} ${expression.negated ? "NOT " : ""}IN (${list}))`;
      }
      case "between": {
        const not = expression.negated ? "NOT " : "";
        return `(${this.emit(expression.operand)} ${not}BETWEEN ${this.emit(expression.low)} AND ${this.emit(expression.high)})`;
      }
      case "like": {
        const escaping = expression.escape === undefined ? "NULL" : this.emit(expression.escape);
        // A collation that either side names is that of the comparison:
        // https://learn.microsoft.com/sql/t-sql/statements/collation-precedence-transact-sql
        const isBinary = expression.operand.kind === "collate" || expression.pattern.kind === "collate";
        const matches = `${expression.negated ? "!" : ""}~${isBinary ? "" : "*"}`;
        // Regular expressions want a collation that tells every text from every other one; the operator ignores the case.
        const value = `(${this.emit(expression.operand)})::text COLLATE "${isBinary ? "C" : "und-x-icu"}"`;
        return `(${value} ${matches} mssql.like_regex(${this.#pattern(expression.pattern)}, ${escaping}))`;
      }
      case "null-test":
        return `(${this.emit(expression.operand)} IS ${expression.negated ? "NOT " : ""}NULL)`;
      case "exists":
        return `EXISTS (${this.#emitQuery(expression.query, this.emission)})`;
    }
  }

  /** A pattern without the collation that is named beside it: the operator has it. */
  #pattern(pattern: Expression): string {
    const written = this.emit(pattern);
    return pattern.kind === "collate" ? this.emit(pattern.operand) : written;
  }

  emitOrder(order: readonly Order[]): string {
    // NULL is the smallest value in SQL Server.
    const items = order.map(
      ({ expression, descending }) =>
        `${this.#emitOrdinalOr(expression)} ${descending ? "DESC NULLS LAST" : "ASC NULLS FIRST"}`,
    );
    return items.join(", ");
  }

  /** The type that an expression has for certain; `undefined` for a column and what depends on one. */
  typeOf(expression: Expression): SqlType | undefined {
    switch (expression.kind) {
      case "literal":
        // NULL takes the type of what stands around it.
        return expression.value === null ? undefined : expression.type;
      case "variable":
        return this.emission.context.variable(expression.name)?.type;
      case "cast":
        return expression.type;
      case "unary":
        return this.typeOf(expression.operand);
      case "collate":
        return this.typeOf(expression.operand);
      case "call":
        return functions[expression.name]?.type?.(expression.arguments.map((it) => this.typeOf(it)));
      case "case":
        return oneType(resultsOf(expression).map((it) => this.typeOf(it)));
      case "binary":
        return this.#binaryType(this.typeOf(expression.left), this.typeOf(expression.right));
      default:
        return undefined;
    }
  }

  #binaryType(left: SqlType | undefined, right: SqlType | undefined): SqlType | undefined {
    if (left === undefined || right === undefined) return undefined;
    if (isText(left) && isText(right)) return undefined;
    const integers = ["tinyint", "smallint", "int", "bigint"];
    const wider = Math.max(integers.indexOf(left.name), integers.indexOf(right.name));
    const both = integers.includes(left.name) && integers.includes(right.name);
    return both ? plain(wider === 3 ? "bigint" : "int") : undefined;
  }

  #emitOrdinalOr(expression: Expression): string {
    // ORDER BY 1 is a position, also in PostgreSQL; a literal in parentheses would be a constant there.
    if (expression.kind === "literal" && expression.type.name === "int" && expression.value !== null)
      return expression.value;
    return this.emit(expression);
  }

  #call(call: Call): string {
    const found = functions[call.name];
    if (found === undefined) throw new NotUnderstoodError(`the function ${call.name}`);
    const values = call.arguments.map((it) => this.emit(it));
    const written = found.emit(values, {
      star: call.star,
      distinct: call.distinct,
      over: call.over === undefined ? "" : ` OVER (${this.#window(call.over)})`,
      types: call.arguments.map((it) => this.typeOf(it)),
      literals: call.arguments.map((it) =>
        it.kind === "literal" && isText(it.type) ? (it.value ?? undefined) : undefined,
      ),
      // No variable of T-SQL has a colon in its name.
      fact: (name) => this.emission.variable(`fact:${name}`),
    });
    if (call.over !== undefined && !found.window) throw new NotUnderstoodError(`OVER for ${call.name}`);
    return written;
  }

  #window(window: Window): string {
    const parts: string[] = [];
    if (window.partitionBy.length > 0) {
      parts.push(`PARTITION BY ${window.partitionBy.map((it) => this.emit(it)).join(", ")}`);
    }
    if (window.orderBy.length > 0) parts.push(`ORDER BY ${this.emitOrder(window.orderBy)}`);
    return parts.join(" ");
  }

  #case(expression: Extract<Expression, { kind: "case" }>): string {
    this.typeOf(expression);
    const operand = expression.operand === undefined ? "" : ` ${this.emit(expression.operand)}`;
    const branches = expression.branches.map(({ when, then }) => ` WHEN ${this.emit(when)} THEN ${this.emit(then)}`);
    const otherwise = expression.otherwise === undefined ? "" : ` ELSE ${this.emit(expression.otherwise)}`;
    return `(CASE${operand}${branches.join("")}${otherwise} END)`;
  }

  #cast({ operand, type }: Extract<Expression, { kind: "cast" }>): string {
    const value = this.emit(operand);
    switch (type.name) {
      case "varchar":
      case "nvarchar":
      case "char":
      case "nchar":
        return `mssql.as_text(${value})::${backingType(type)}`;
      case "varbinary":
        return `mssql.as_bytes(${value}, ${type.length ?? 30})`;
      case "binary":
        throw new NotUnderstoodError("CAST to binary");
      case "money":
      case "smallmoney":
        if (isText(this.typeOf(operand))) return `mssql.text_to_money(${value})::${backingType(type)}`;
        return `(${value})::${backingType(type)}`;
      default:
        return `(${value})::${backingType(type)}`;
    }
  }
}

function resultsOf({ branches, otherwise }: Extract<Expression, { kind: "case" }>): readonly Expression[] {
  return [...branches.map(({ then }) => then), ...(otherwise === undefined ? [] : [otherwise])];
}

function emitLiteral(type: SqlType, value: string | null): string {
  if (value === null) return "NULL";
  switch (type.name) {
    case "varchar":
    case "nvarchar":
      return `${quoteText(value)}::varchar`;
    case "varbinary":
      return `'${value}'::bytea`;
    case "float":
      return `${value}::float8`;
    case "numeric":
      return value.endsWith(".") ? `${value}0` : `${value}::numeric`;
    default:
      return value;
  }
}

function emitColumn(parts: readonly string[], inTrigger: boolean): string {
  const [only = ""] = parts;
  if (parts.length === 1 && only === "$action") return "merge_action()";
  // The pseudo-tables of OUTPUT are PostgreSQL's OLD and NEW.
  if (!inTrigger && parts.length === 2 && only.toLowerCase() === "inserted") return `new.${quote(parts[1] ?? "")}`;
  if (!inTrigger && parts.length === 2 && only.toLowerCase() === "deleted") return `old.${quote(parts[1] ?? "")}`;
  return parts.map((part) => quote(part)).join(".");
}

function comparison(operator: string): string {
  if (operator === "!=") return "<>";
  if (operator === "!<") return ">=";
  return operator === "!>" ? "<=" : operator;
}
