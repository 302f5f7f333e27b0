import type { MaybePromise, ResultSet } from "../driver/index.ts";
import {
  ConfigurationError,
  NoRowsError,
  ParameterError,
  StaleEntityError,
  TooManyRowsError,
} from "../errors/index.ts";
import { type Executor, type ExecutorInternals, internalsOf, type StatementOptions } from "../session/index.ts";
import { compile, type Parameters, type Sql, sql } from "../sql/index.ts";
import { checkTable } from "./check-table.ts";
import { type AnyTable, Columns } from "./columns.ts";
import { ColumnsChanged, ColumnsNeeded, isAboutColumns } from "./columns-changed.ts";
import { allOf, conditionSql } from "./condition.ts";
import { checkDaoOptions, type DaoCallKind, type DaoOptions, type DaoQueryOptions, noOptions } from "./dao-options.ts";
import { Entities } from "./entities.ts";
import { type AnyFilter, filterCondition } from "./filter.ts";
import { keyCondition, keyValues } from "./keys.ts";
import { isOutdatedForm } from "./output.ts";
import { placedError } from "./placed-error.ts";
import { Selection } from "./selection.ts";
import { forgetColumns } from "./table-columns.ts";
import type { Window } from "./window.ts";

/** Which entities a finder sees, and which part of them. */
export interface Find extends Window {
  readonly orderBy?: Readonly<Record<string, "asc" | "desc" | undefined>> | undefined;
  readonly withDeleted?: boolean | undefined;
}

/** One table through one executor: what reading and writing DAOs are made of. */
export class TableAccess {
  readonly spec: AnyTable;
  readonly columns: Columns;
  readonly entities: Entities;
  readonly executor: Executor;
  readonly inner: ExecutorInternals;

  /** @throws ConfigurationError when `executor` is no Database, Session or Transaction */
  constructor(table: unknown, executor: Executor) {
    checkTable(table);
    this.spec = table as AnyTable;
    this.columns = new Columns(this.spec);
    this.entities = new Entities(this.spec);
    this.executor = executor;
    this.inner = innerOf(executor);
  }

  /** For messages: `orders (postgres): table sales.orders`. */
  get place(): string {
    const { database, engine } = this.inner.context;
    return `${database} (${engine}): table ${this.spec.name.join(".")}`;
  }

  /** @throws ConfigurationError for an option that this kind of call does not know, or a value of the wrong type */
  check(kind: DaoCallKind, options: object): void {
    if (options !== noOptions) checkDaoOptions(this.place, kind, options);
  }

  select({ orderBy, withDeleted = false, limit, offset }: Find): Selection {
    const all = new Selection(this.spec, this.columns, this.inner.context.dialect, { limit, offset });
    const selection = orderBy === undefined ? all : all.orderedBy(orderBy);
    return withDeleted ? selection : this.alive().reduce((all, condition) => all.and(condition), selection);
  }

  send(statement: Sql, options: StatementOptions, inner: ExecutorInternals = this.inner): MaybePromise<ResultSet> {
    return inner.send(compile(statement, undefined, inner.context), options, this);
  }

  // Every promise in the way of a single row is a cost of its own: none is made where there is nothing to wait for.
  async find(statement: Sql, options: StatementOptions): Promise<Record<string, unknown>[]> {
    const sent = this.send(statement, options);
    return this.entities.of(this.inner.context, this.#agreed(sent instanceof Promise ? await sent : sent));
  }

  #placed(error: unknown): unknown {
    const { context } = this.inner;
    return placedError(error, { context, place: this.place, table: this.spec.name.join(".") });
  }

  /** Runs a statement that reads the table's columns. */
  async read(statement: Sql, options: StatementOptions): Promise<ResultSet> {
    return this.#agreed(await this.send(statement, options));
  }

  #agreed(result: ResultSet): ResultSet {
    if (!this.columns.agreeWith(result.columns)) throw new ColumnsChanged(this.place);
    return result;
  }

  /**
   * Runs one call, once its options are checked and what the table needs is known; once more where it read a table that is no longer what
   * it was, which nothing else may tell.
   */
  async call<R>(
    kind: DaoCallKind,
    options: DaoOptions,
    work: () => Promise<R>,
    entities: readonly unknown[] | "unseen" | "needed" | undefined,
  ): Promise<R> {
    const { inner, columns } = this;
    this.check(kind, options);
    const asked = columns.know(inner, options, entities);
    if (asked !== undefined) await asked;
    try {
      return await work();
    } catch (error) {
      if (error instanceof ColumnsNeeded) return this.call(kind, options, work, "needed");
      if (isOutdatedForm(error) && this.isAlone) return work();
      if (!isAboutColumns(error)) throw this.#placed(error);
      forgetColumns(inner.context, columns.table);
      if (!(error instanceof ColumnsChanged)) throw this.#placed(error);
      await columns.know(inner, noOptions);
      return work();
    }
  }

  /** Makes a statement; once more, where the columns have to be known for it. */
  async whenKnown(make: () => Sql): Promise<Sql> {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ColumnsNeeded)) throw this.#placed(error);
      await this.columns.know(this.inner, noOptions, "needed");
      return make();
    }
  }

  /** The rows of a statement that a DAO wrote itself, as entities. @param rest - parameters of a text, and the options */
  async queried(statement: Sql | string, rest: readonly unknown[]): Promise<Record<string, unknown>[]> {
    const { context } = this.inner;
    const isText = typeof statement === "string";
    const compiled = compile(statement, isText ? (rest[0] as Parameters | undefined) : undefined, context);
    const options = ((isText ? rest[1] : rest[0]) ?? noOptions) as DaoQueryOptions<Record<string, unknown>>;
    this.check("query", options);
    return this.entities.of(context, await this.inner.send(compiled, options, statement), options.schema);
  }

  /** The row of a result that has at most one. @throws TooManyRowsError */
  atMostOne(rows: readonly Record<string, unknown>[]): Record<string, unknown> | undefined {
    if (rows.length <= 1) return rows[0];
    throw new TooManyRowsError(
      `${this.place}: ${rows.length} rows came where at most one was asked for`,
      this.inner.context,
    );
  }

  /** The entity of a result that has exactly one row. */
  async one(result: ResultSet): Promise<Record<string, unknown>> {
    const [entity] = await this.entities.of(this.inner.context, result);
    return entity ?? this.lost();
  }

  /** @throws NoRowsError that says that a row was written and did not come back */
  lost(): never {
    throw new NoRowsError(`${this.place}: the row was not given back`, this.inner.context);
  }

  /** The only value of a result, as a number. */
  scalar(result: ResultSet): number {
    const [row] = result.rows;
    return row === undefined ? 0 : Number(this.inner.context.mapper(result.columns).first(row));
  }

  async affected(statement: Sql, options: StatementOptions): Promise<number> {
    return (await this.send(statement, options)).affected ?? 0;
  }

  byKey(key: unknown): Sql {
    return keyCondition(this.spec, this.columns, key, this.inner.context.dialect);
  }

  /** Any of several keys. */
  byKeys(keys: readonly unknown[]): Sql {
    const [only, ...more] = this.spec.key as readonly string[];
    if (only === undefined || more.length > 0) return sql.or(keys.map((key) => this.byKey(key)));
    const values = keys.map((key) => keyValues(this.spec, key)[0]);
    return this.columns.listed(only, "in", values, this.inner.context.dialect);
  }

  /** How many keys one statement can name. */
  keysPerStatement(): number {
    const { dialect } = this.inner.context;
    const key = this.spec.key as readonly string[];
    const each = key.reduce((sum, property) => sum + this.columns.parametersPerValue(property, dialect), 0);
    return Math.max(1, Math.min(dialect.maxInList, Math.floor(dialect.maxParameters / Math.max(1, each)) - 1));
  }

  /** Which parts of the key hold UUIDs, of which a result shows the lower-case form. */
  uuidParts({ columns }: ResultSet): readonly boolean[] {
    const { context } = this.inner;
    return this.spec.key.map((it) => columns[this.entities.indexOf(context, columns, it)]?.type === "uuid");
  }

  /** The condition that leaves out what was deleted softly; none where the table has no such column. */
  alive(): Sql[] {
    const column = this.spec.softDeleteColumn;
    return column === undefined ? [] : [sql`${this.columns.of(column)} is null`];
  }

  /** The condition that an expected version is still the current one. */
  isVersion(expected: unknown): Sql[] {
    const column = this.spec.versionColumn;
    if (expected === undefined) return [];
    if (column === undefined) throw new ConfigurationError(`table ${this.spec.name.join(".")}: it has no version()`);
    return [this.columns.compared(column, "=", expected, this.inner.context.dialect)];
  }

  /** @throws ParameterError when there is no list of entities */
  checkList(method: string, entities: unknown): void {
    if (!Array.isArray(entities)) throw new ParameterError(`${this.place}: ${method} takes a list of entities`);
  }

  /** Whether a statement here commits by itself, because no transaction is around it. */
  get isAlone(): boolean {
    return this.inner.commitsAlone();
  }

  /** The condition of a change to many rows. @throws ParameterError when it is always true and `all` is not true */
  conditionOfMany(filter: AnyFilter | Sql, all: boolean | undefined, method: string): Sql {
    const condition = filterCondition(filter, this.columns, this.inner.context.dialect);
    if (condition === true && all !== true) {
      throw new ParameterError(
        `${this.place}: ${method} with a filter that is always true means every row; say { all: true } if that is meant`,
      );
    }
    return conditionSql(allOf([condition, ...this.alive()]));
  }

  /** Why a write found nothing. */
  missing(expectedVersion: unknown): StaleEntityError | NoRowsError {
    if (expectedVersion === undefined)
      return new NoRowsError(`${this.place}: there is no entity with this key`, this.inner.context);
    const message = `${this.place}: the entity was changed or deleted since its version was read; read it again`;
    return new StaleEntityError(message, this.inner.context);
  }

  /** Runs several statements, all or none; again, where a transaction of its own lost a deadlock. */
  atomically<R>(work: (inner: ExecutorInternals) => Promise<R>): Promise<R> {
    return this.inner.atomically((executor) => work(innerOf(executor)), true);
  }
}

function innerOf(executor: Executor): ExecutorInternals {
  const inner = internalsOf(executor);
  if (inner === undefined) throw new ConfigurationError("a DAO works with a Database, Session or Transaction");
  return inner;
}
