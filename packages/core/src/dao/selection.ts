import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import type { AnyTable, Columns } from "./columns.ts";
import { conditionSql } from "./condition.ts";
import { type AnyFilter, filterCondition } from "./filter.ts";
import { type OrderColumn, orderBy } from "./keyset.ts";
import { anyOrder, type Window, windowClause } from "./window.ts";

/** Which rows of a table, in which order, and which part of them. Immutable: each step gives a new one. */
export class Selection {
  readonly #spec: AnyTable;
  readonly #columns: Columns;
  readonly #dialect: DialectFacts;
  readonly #conditions: readonly Sql[];
  readonly #window: Window;
  /** The order so far. */
  readonly order: readonly OrderColumn[];

  constructor(
    spec: AnyTable,
    columns: Columns,
    dialect: DialectFacts,
    window: Window,
    conditions: readonly Sql[] = [],
    order: readonly OrderColumn[] = [],
  ) {
    this.#spec = spec;
    this.#columns = columns;
    this.#dialect = dialect;
    this.#window = window;
    this.#conditions = conditions;
    this.order = order;
  }

  /** Only rows that fit a filter as well. */
  where(filter: AnyFilter | Sql): Selection {
    const condition = filterCondition(filter, this.#columns, this.#dialect);
    return condition === true ? this : this.and(conditionSql(condition));
  }

  /** Only rows that satisfy a condition as well. */
  and(condition: Sql): Selection {
    return this.#with([...this.#conditions, condition], this.order);
  }

  /** In this order, first of all. */
  orderedBy(directions: Readonly<Record<string, unknown>>): Selection {
    const order = Object.entries(directions).flatMap(([property, direction]) =>
      direction === undefined ? [] : [this.#orderColumn(property, checkedDirection(property, direction))],
    );
    return this.#with(this.#conditions, order);
  }

  /** The primary key behind the order, so that no two rows share a place in it. */
  inTotalOrder(): Selection {
    const missing = (this.#spec.key as readonly string[]).filter((key) =>
      this.order.every((it) => it.property !== key),
    );
    const order = [...this.order, ...missing.map((key) => this.#orderColumn(key, "asc"))];
    return this.#with(this.#conditions, order);
  }

  /** The rows themselves. @param more - columns beside the table's own */
  rows(more: Sql = sql.empty): Sql {
    const windowed = this.#window.limit !== undefined || this.#window.offset !== undefined;
    const order = this.order.length > 0 ? sql` ${orderBy(this.order)}` : windowed ? anyOrder(this.#dialect) : sql.empty;
    const { table } = this.#columns;
    const window = windowClause(this.#window, this.#dialect);
    // SQL Server refuses to fetch no row at all (error 10744).
    const isRefused = this.#window.limit === 0 && this.#dialect.limit === "offset-fetch-needs-order";
    const own = this.#columns.all(this.#dialect, more !== sql.empty);
    if (isRefused) return sql`select ${own} from ${table} where 1 = 0`;
    const all = more === sql.empty ? own : sql`${own}, ${more}`;
    return sql`select ${all} from ${table}${this.#whereClause()}${order}${window}`;
  }

  /** One row with a 1 when there is any. */
  presence(): Sql {
    const { table } = this.#columns;
    const window = windowClause({ limit: 1 }, this.#dialect);
    return sql`select 1 as present from ${table}${this.#whereClause()}${anyOrder(this.#dialect)}${window}`;
  }

  /** How many there are, on all pages together. */
  count(): Sql {
    return sql`select count(*) as total from ${this.#columns.table}${this.#whereClause()}`;
  }

  #whereClause(): Sql {
    const [first, ...more] = this.#conditions;
    if (first === undefined) return sql.empty;
    return more.length === 0 ? sql` where ${first}` : sql` where ${sql.and(this.#conditions)}`;
  }

  #orderColumn(property: string, direction: "asc" | "desc"): OrderColumn {
    const isKey = (this.#spec.key as readonly string[]).includes(property);
    return { property, column: this.#columns.of(property), direction, isKey };
  }

  #with(conditions: readonly Sql[], order: readonly OrderColumn[]): Selection {
    return new Selection(this.#spec, this.#columns, this.#dialect, this.#window, conditions, order);
  }
}

/** Any other word would sort the other way round. */
function checkedDirection(property: string, direction: unknown): "asc" | "desc" {
  if (direction === "asc" || direction === "desc") return direction;
  throw new ParameterError(`the order by "${property}" is "asc" or "desc", in lower case`, { parameters: [property] });
}
