import type { ColumnInfo } from "../driver/index.ts";

/** Marks a parameter that says more than its value. A registered symbol, because two copies of this package can meet. */
const mark = Symbol.for("@nsj/mdb/parameter");

/** A value together with the engine's own type name; made by `sql.typed` and `sql.varchar`. Goes wherever a value goes. */
export interface TypedParameter {
  readonly direction: "in";
  readonly type: string;
  readonly value: unknown;
  /** Only where a DAO made it: the column that it belongs to. */
  readonly column?: ColumnInfo | undefined;
}

/** A parameter that a procedure fills; made by `sql.out` and `sql.inout`, for `call` only. */
export interface OutParameter {
  readonly direction: "out" | "inout";
  readonly type: string;
  /** `null` for `"out"`. */
  readonly value: unknown;
}

/** The one implementation. Getters over private fields: nobody changes it afterwards, and printing it shows no value. */
export class Parameter<Direction extends "in" | "out" | "inout"> {
  readonly #direction: Direction;
  readonly #type: string;
  readonly #value: unknown;
  readonly #column: ColumnInfo | undefined;

  constructor(direction: Direction, type: string, value: unknown, column?: ColumnInfo) {
    this.#direction = direction;
    this.#type = type;
    this.#value = value;
    this.#column = column;
  }

  get [mark](): true {
    return true;
  }

  get direction(): Direction {
    return this.#direction;
  }

  get type(): string {
    return this.#type;
  }

  get value(): unknown {
    return this.#value;
  }

  /** The column whose type it has, where it is that of a column. */
  get column(): ColumnInfo | undefined {
    return this.#column;
  }
}

/** A value of a column's type, for drivers that declare parameters by them. */
export function columnParameter(value: unknown, column: ColumnInfo): TypedParameter {
  return new Parameter("in", column.databaseType, value, column);
}

/** Says whether a value is a typed or output parameter, of whichever copy of the package. */
export function isParameter(value: unknown): value is TypedParameter | OutParameter {
  return typeof value === "object" && value !== null && mark in value;
}

// An adapter may put the name into SQL text, so nothing but a type gets through: a name with its schema, the words that the SQL
// standard and the engines use in types, lengths in parentheses, array brackets.
const words =
  "(?: (?:precision|varying|with|without|local|time|zone|raw|character|char|large|object|year|month|day|hour|minute|second|to))*";
const lengths = " ?\\( ?(?:\\d+|max)(?: ?, ?-?\\d+)?(?: char| byte)? ?\\)";
const typeName = new RegExp(
  `^[\\p{L}_][\\p{L}\\p{N}_$#]*(?:\\.[\\p{L}_][\\p{L}\\p{N}_$#]*)*${words}(?:${lengths}${words})*(?:\\[\\d*\\])*$`,
  "iu",
);

/** Says whether a text is the name of a type and nothing more. */
export function isTypeName(type: unknown): type is string {
  return typeof type === "string" && type.length <= 200 && typeName.test(type);
}
