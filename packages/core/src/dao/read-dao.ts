import { NoRowsError, ParameterError } from "../errors/index.ts";
import type { Executor, Result } from "../session/index.ts";
import { compile, type Identifier, type Parameters, type Sql, sql } from "../sql/index.ts";
import { asCalled, filterGiven, requestAsCalled, whereOf } from "./as-called.ts";
import {
  type DaoCallKind,
  type DaoOptions,
  type DaoQueryOptions,
  type DaoStreamOptions,
  noOptions,
} from "./dao-options.ts";
import type { Filter, KeyOf } from "./entity-types.ts";
import { findByKeys } from "./find-by-keys.ts";
import { keysetPage } from "./keyset-page.ts";
import type { FindFlags, FindOptions, Page, PageAfter, PageAfterRequest, PageRequest } from "./paging.ts";
import type { TableSpec } from "./table.ts";
import { TableAccess } from "./table-access.ts";
import { tableColumns } from "./table-columns.ts";

/** The reading half of {@link DaoBase}: everything that finds entities. */
export abstract class ReadDao<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> {
  /** Runs the statements. */
  protected readonly executor: Executor;
  /** The table's name, quoted, for queries of your own. */
  readonly table: Identifier;
  /** Every column of the table, for queries of your own: `select ${this.columns} from ${this.table}`. */
  readonly columns: Sql;
  /** @internal */
  protected readonly access: TableAccess;

  /** @throws ConfigurationError when `executor` is no Database, Session or Transaction */
  constructor(table: TableSpec<Row, Generated, Key, Version>, executor: Executor) {
    this.access = new TableAccess(table, executor);
    this.executor = executor;
    this.table = this.access.columns.table;
    this.columns = sql`${this.table}.*`;
  }

  /** Runs one call; a transactional DAO puts a transaction around it. */
  protected run<R>(work: () => Promise<R>): Promise<R> {
    return work();
  }

  /** Runs one call, once its options are checked and what the table needs is known. */
  protected call<R>(
    kind: DaoCallKind,
    options: DaoOptions,
    work: () => Promise<R>,
    entities?: readonly unknown[] | "unseen",
  ): Promise<R> {
    return this.run(() => this.access.call(kind, options, work, entities));
  }

  /** The entity with this key; `undefined` when there is none. */
  findById(key: KeyOf<Row, Key>, options: DaoOptions & FindFlags = noOptions): Promise<Row | undefined> {
    const id = asCalled(key);
    return this.call("flags", options, async () => {
      const selection = this.access.select({ withDeleted: options.withDeleted }).and(this.access.byKey(id));
      return (await this.access.find(selection.rows(), options))[0] as Row | undefined;
    });
  }

  /** The entities with these keys, in the order of the keys; a key without an entity is left out, one named twice counts once. */
  findByIds(keys: readonly KeyOf<Row, Key>[], options: DaoOptions & FindFlags = noOptions): Promise<Row[]> {
    const given = asCalled(keys);
    return this.call("flags", options, async () => {
      return (await findByKeys(this.access, given, options)) as Row[];
    });
  }

  /** The first entity that fits; `undefined` when none does. */
  findOne(filter: Filter<Row> | Sql, options: DaoOptions & FindOptions<Row> = noOptions): Promise<Row | undefined> {
    const where = asCalled(filter);
    return this.call("find", options, async () => {
      const selection = this.access.select({ ...options, limit: 1 }).where(where);
      return (await this.access.find(selection.rows(), options))[0] as Row | undefined;
    });
  }

  /** The entities that fit. */
  findBy(filter: Filter<Row> | Sql, options: DaoOptions & FindOptions<Row> = noOptions): Promise<Row[]> {
    const where = asCalled(filter);
    return this.call("find", options, async () => {
      return (await this.access.find(this.access.select(options).where(where).rows(), options)) as Row[];
    });
  }

  /** All entities. For large tables see {@link stream}. */
  findAll(options: DaoOptions & FindOptions<Row> = noOptions): Promise<Row[]> {
    return this.call("find", options, async () => {
      return (await this.access.find(this.access.select(options).rows(), options)) as Row[];
    });
  }

  /** The entities that fit, as they come, in constant memory. */
  stream(
    filter?: Filter<Row> | Sql,
    options?: DaoStreamOptions & FindOptions<Row>,
  ): AsyncGenerator<Row, void, undefined>;
  async *stream(
    ...given: readonly [filter?: Filter<Row> | Sql, options?: DaoStreamOptions & FindOptions<Row>]
  ): AsyncGenerator<Row, void, undefined> {
    const { access } = this;
    const options: DaoStreamOptions & FindOptions<Row> = given[1] ?? noOptions;
    access.check("stream", options);
    await access.columns.know(access.inner, options);
    // A stream does not say which of its columns were documents, and a document is not to be parsed twice.
    const columns = access.spec.columnCodecs.size > 0 ? await tableColumns(access.inner, this.table, options) : [];
    const { signal, timeoutMs, name, fetchSize } = options;
    const statement = await access.whenKnown(() => access.select(options).where(filterGiven(given)).rows());
    const compiled = compile(statement, undefined, access.inner.context);
    for await (const row of access.inner.stream(compiled, { signal, timeoutMs, name, fetchSize }, access)) {
      yield (await access.entities.ofObject(access.inner.context, row as Record<string, unknown>, columns)) as Row;
    }
  }

  /** Whether any entity fits. */
  exists(filter: Filter<Row> | Sql, options: DaoOptions & FindFlags = noOptions): Promise<boolean> {
    const where = asCalled(filter);
    return this.call("flags", options, async () => {
      const selection = this.access.select({ withDeleted: options.withDeleted }).where(where);
      return (await this.access.send(selection.presence(), options)).rows.length > 0;
    });
  }

  /** How many entities fit. */
  count(filter?: Filter<Row> | Sql, options?: DaoOptions & FindFlags): Promise<number>;
  count(...given: readonly [filter?: Filter<Row> | Sql, options?: DaoOptions & FindFlags]): Promise<number> {
    const options: DaoOptions & FindFlags = given[1] ?? noOptions;
    const where = asCalled(filterGiven(given));
    return this.call("flags", options, async () => {
      const counted = this.access.select({ withDeleted: options.withDeleted }).where(where).count();
      return this.access.scalar(await this.access.send(counted, options));
    });
  }

  /** One page by offset, and how many rows there are. The order is total: the primary key is added behind it. */
  page(given: PageRequest<Row>, options: DaoOptions = noOptions): Promise<Page<Row>> {
    const request = requestAsCalled(given);
    return this.call("every", options, async () => {
      this.access.check("page", request);
      const { limit, offset = 0 } = request;
      checkPageLimit(limit);
      const selection = this.access
        .select({ ...request, offset })
        .where(whereOf(request))
        .inTotalOrder();
      const total = this.access.scalar(await this.access.send(selection.count(), options));
      const items = total === 0 ? [] : await this.access.find(selection.rows(), options);
      return { items: items as Row[], total, limit, offset };
    });
  }

  /**
   * One page by keyset: as fast on page 1 000 as on page 1, and rows that are inserted meanwhile neither repeat nor hide others.
   * @throws InvalidCursorError for a text that is no cursor, or one of another order
   */
  pageAfter(given: PageAfterRequest<Row>, options: DaoOptions = noOptions): Promise<PageAfter<Row>> {
    const request = requestAsCalled(given);
    return this.call("every", options, async () => {
      this.access.check("pageAfter", request);
      const { limit } = request;
      checkPageLimit(limit);
      const selection = this.access
        .select({ ...request, limit: limit + 1 })
        .where(whereOf(request))
        .inTotalOrder();
      return (await keysetPage(this.access, selection, request, options)) as PageAfter<Row>;
    });
  }

  /**
   * Runs a query of your own and gives its rows as entities: columns renamed, through the codecs and the table's schema. Rows of another
   * shape are `query<Other>`, with the same names and codecs for the columns that occur; `{ schema }` checks them instead of the table's.
   */
  protected query<T extends object = Row>(statement: Sql, options?: DaoQueryOptions<T>): Promise<T[]>;
  protected query<T extends object = Row>(
    text: string,
    parameters?: Parameters,
    options?: DaoQueryOptions<T>,
  ): Promise<T[]>;
  protected query<T extends object>(statement: Sql | string, ...rest: readonly unknown[]): Promise<T[]> {
    return this.run(async () => (await this.access.queried(statement, rest)) as T[]);
  }

  /** As {@link query}, for exactly one row. @throws NoRowsError, TooManyRowsError */
  protected queryOne<T extends object = Row>(statement: Sql, options?: DaoQueryOptions<T>): Promise<T>;
  protected queryOne<T extends object = Row>(
    text: string,
    parameters?: Parameters,
    options?: DaoQueryOptions<T>,
  ): Promise<T>;
  protected queryOne<T extends object>(statement: Sql | string, ...rest: readonly unknown[]): Promise<T> {
    return this.run(async () => {
      const row = this.access.atMostOne(await this.access.queried(statement, rest));
      if (row === undefined) throw new NoRowsError(`${this.access.place}: no row came where exactly one was asked for`);
      return row as T;
    });
  }

  /** As {@link query}, for one row or none. @throws TooManyRowsError */
  protected queryMaybeOne<T extends object = Row>(statement: Sql, options?: DaoQueryOptions<T>): Promise<T | undefined>;
  protected queryMaybeOne<T extends object = Row>(
    text: string,
    parameters?: Parameters,
    options?: DaoQueryOptions<T>,
  ): Promise<T | undefined>;
  protected queryMaybeOne<T extends object>(
    statement: Sql | string,
    ...rest: readonly unknown[]
  ): Promise<T | undefined> {
    return this.run(async () => this.access.atMostOne(await this.access.queried(statement, rest)) as T | undefined);
  }

  /** The first column of exactly one row. @throws NoRowsError, TooManyRowsError */
  protected queryScalar<T = unknown>(statement: Sql, options?: DaoOptions): Promise<T>;
  protected queryScalar<T = unknown>(text: string, parameters?: Parameters, options?: DaoOptions): Promise<T>;
  protected queryScalar<T>(statement: Sql | string, ...rest: readonly unknown[]): Promise<T> {
    return this.run(() => this.executor.queryScalar<T>(statement as string, ...(rest as [Parameters?, DaoOptions?])));
  }

  /** Runs a statement of your own and gives everything about its result, rows with the columns' names. */
  protected execute(statement: Sql, options?: DaoOptions): Promise<Result>;
  protected execute(text: string, parameters?: Parameters, options?: DaoOptions): Promise<Result>;
  protected execute(statement: Sql | string, ...rest: readonly unknown[]): Promise<Result> {
    return this.run(() => this.executor.execute(statement as string, ...(rest as [Parameters?, DaoOptions?])));
  }

  /** An entity of a row whose properties have the columns' names: renamed, and through the codecs. */
  protected map(row: Readonly<Record<string, unknown>>): Row {
    return this.access.entities.fromRow(row, this.access.inner.context) as Row;
  }
}

function checkPageLimit(limit: number): void {
  if (!(Number.isSafeInteger(limit) && limit >= 1)) {
    throw new ParameterError('"limit" of a page must be an integer of at least 1', { parameters: ["limit"] });
  }
}
