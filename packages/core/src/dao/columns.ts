import type { DialectFacts } from "../driver/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import { type Identifier, isParameter, isSql, type Sql, type SqlValue, sql } from "../sql/index.ts";
import type { TableSpec } from "./table.ts";
import { tableColumns } from "./table-columns.ts";

/** Any table's description, for code that does not care about its types. */
export type AnyTable = TableSpec<Record<string, unknown>, never, never, never>;

/** How a column is compared with a value. */
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

const comparators: Readonly<Record<Comparator, Sql>> = {
  "=": sql.raw("="),
  "<>": sql.raw("<>"),
  "<": sql.raw("<"),
  "<=": sql.raw("<="),
  ">": sql.raw(">"),
  ">=": sql.raw(">="),
};

/** One table as its SQL needs it: properties become quoted columns, values go through the column's codec. */
export class Columns {
  readonly table: Identifier;
  readonly #spec: AnyTable;
  readonly #identifiers = new Map<string, Identifier>();
  /** Columns that hold bytes, where {@link know} has asked. */
  readonly #bytes = new Set<string>();

  constructor(spec: AnyTable) {
    this.#spec = spec;
    this.table = sql.identifier(...spec.name);
  }

  /** The column of a property, quoted. */
  of(property: string): Identifier {
    let identifier = this.#identifiers.get(property);
    if (identifier === undefined) {
      identifier = sql.identifier(this.nameOf(property));
      this.#identifiers.set(property, identifier);
    }
    return identifier;
  }

  /** The column of a property, as the table's description names it. */
  nameOf(property: string): string {
    return this.#spec.renamed.get(property) ?? property;
  }

  /** Whether values of a property go through a codec, to which also an object may be one. */
  hasCodec(property: string): boolean {
    return this.#spec.columnCodecs.has(property);
  }

  /** A value as it is sent. A fragment, or a value that names its type itself, is nothing for a codec. */
  encode(property: string, value: unknown, dialect: DialectFacts): SqlValue {
    const codec = this.#spec.columnCodecs.get(property);
    if (codec === undefined || isSql(value) || isParameter(value)) return value as SqlValue;
    return codec.toDatabase(value as never, dialect) as SqlValue;
  }

  /** The column beside a value: `id = 1`. */
  compared(property: string, operator: Comparator, value: unknown, dialect: DialectFacts): Sql {
    return sql`${this.of(property)} ${comparators[operator]} ${this.encode(property, value, dialect)}`;
  }

  /** The column beside a list of values: `id in (1, 2)`. */
  listed(property: string, operator: "in" | "not in", values: readonly unknown[], dialect: DialectFacts): Sql {
    const list = sql.list(values.map((value) => this.encode(property, value, dialect)));
    return operator === "in" ? sql`${this.of(property)} in (${list})` : sql`${this.of(property)} not in (${list})`;
  }

  /** A pattern for the column, as it is sent. */
  asPattern(_property: string, text: string, _dialect: DialectFacts): SqlValue {
    return text;
  }

  /**
   * A value as it is stored by an insert or update. SQL Server has to be told of a NULL that it is one of bytes: it takes any other for
   * text, which it does not convert to bytes.
   */
  stored(property: string, value: unknown, dialect: DialectFacts): SqlValue {
    const encoded = this.encode(property, value, dialect);
    return encoded === null && this.#bytes.has(this.nameOf(property)) ? sql.typed(null, "varbinary(max)") : encoded;
  }

  /** Finds out what {@link stored} has to know, before the first row of the table is written. */
  async know(executor: ExecutorInternals, options: StatementOptions): Promise<void> {
    if (executor.context.dialect.returning !== "output") return;
    for (const { name, type } of await tableColumns(executor, this.table, options)) {
      if (type === "bytes") this.#bytes.add(name);
    }
  }

  /** `a, b, c`, quoted. */
  list(properties: readonly string[]): Sql {
    return sql.join(properties.map((property) => this.of(property)));
  }
}
