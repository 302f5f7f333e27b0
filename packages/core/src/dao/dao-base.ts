import type { Executor } from "../session/index.ts";
import { type Sql, sql } from "../sql/index.ts";
import { asCalled } from "./as-called.ts";
import { bulkRows } from "./bulk-rows.ts";
import { checkTable } from "./check-table.ts";
import { type DaoOptions, noOptions } from "./dao-options.ts";
import type { Changes, Filter, Insert, KeyOf, Upsert as UpsertEntity } from "./entity-types.ts";
import { expectedVersion, refuseVersion } from "./expected-version.ts";
import { insertAll } from "./insert-many.ts";
import { inKeyOrder } from "./key-order.ts";
import { ReadDao } from "./read-dao.ts";
import { writeReturning } from "./returning.ts";
import { deletion, restoration } from "./soft-deletion.ts";
import type { TableSpec } from "./table.ts";
import { Upsert } from "./upsert.ts";
import type { ManyOptions, Upserted, UpsertOptions, VersionedOptions } from "./write-options.ts";
import { type AnyEntity, assignments, insertWrite, updateWrite, writtenProperties } from "./writes.ts";

/** The constructor that {@link DaoBase.for} gives. */
export type DaoConstructor<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> = new (executor: Executor) => DaoBase<Row, Generated, Key, Version>;

/**
 * Typed access to one table, the same on every engine. Over a `Database` each call runs on its own or joins the ambient transaction; over
 * a `Session` or `Transaction` it runs there. Holds no state, so one instance may serve concurrent calls.
 *
 * ```ts
 * class UserDao extends DaoBase.for(users) {
 *   findByTeam(team: string) {
 *     return this.query(sql`select ${this.columns} from ${this.table} where team = ${team}`);
 *   }
 * }
 * ```
 */
export class DaoBase<
  Row extends object,
  Generated extends keyof Row = never,
  Key extends keyof Row = never,
  Version extends keyof Row = never,
> extends ReadDao<Row, Generated, Key, Version> {
  /** A DAO class over a table, typed by it; to be extended, or used as it is. */
  static for<Row extends object, Generated extends keyof Row, Key extends keyof Row, Version extends keyof Row>(
    table: TableSpec<Row, Generated, Key, Version>,
  ): DaoConstructor<Row, Generated, Key, Version> {
    checkTable(table);
    return class extends DaoBase<Row, Generated, Key, Version> {
      constructor(executor: Executor) {
        super(table, executor);
      }
    };
  }

  /** Inserts an entity and gives it as the database has it: generated key, defaults and version included. */
  insert(entity: Insert<Row, Generated>, options: DaoOptions = noOptions): Promise<Row> {
    const given = asCalled(entity);
    return this.call(
      "every",
      options,
      async () => {
        const { spec, columns, inner } = this.access;
        const properties = writtenProperties(spec, given as AnyEntity);
        const write = insertWrite(spec, columns, properties, [given as AnyEntity], inner.context.dialect);
        return (await this.access.one(await writeReturning(inner, write, options))) as Row;
      },
      [given],
    );
  }

  /** Inserts entities, all or none, and gives them back in their order. */
  insertMany(entities: readonly Insert<Row, Generated>[], options: DaoOptions = noOptions): Promise<Row[]> {
    const given = asCalled(entities);
    return this.call(
      "every",
      options,
      async () => {
        this.access.checkList("insertMany", given);
        return this.access.atomically(async (inner) => {
          const inserted: Row[] = [];
          for await (const { rows, indexes } of insertAll(this.access, inner, given as readonly AnyEntity[], options))
            for (const [at, row] of rows.entries()) inserted[indexes[at] as number] = row as Row;
          return inserted;
        });
      },
      given,
    );
  }

  /**
   * Loads entities by the engine's bulk path, all or none, without giving them back. Each names the columns that the first one names;
   * `null` stands for a missing value.
   */
  bulkInsert(
    entities: Iterable<Insert<Row, Generated>> | AsyncIterable<Insert<Row, Generated>>,
    options: DaoOptions = noOptions,
  ): Promise<{ rowCount: number }> {
    return this.call(
      "every",
      options,
      async () => {
        const { spec, columns, inner } = this.access;
        const load = await bulkRows(spec, columns, entities as AsyncIterable<AnyEntity>, inner.context.dialect);
        return load === undefined ? { rowCount: 0 } : inner.bulkInsert({ table: this.table, ...load }, options);
      },
      "unseen",
    );
  }

  /**
   * Changes the entity with this key and gives it as it is now. Where the table has a version, `changes` may hold the one that was read.
   * @throws StaleEntityError when the version is another one by now, or the entity is gone
   * @throws NoRowsError when there is no entity with this key
   */
  update(
    key: KeyOf<Row, Key>,
    changes: Changes<Row, Generated, Key, Version>,
    options: DaoOptions = noOptions,
  ): Promise<Row> {
    const [id, given] = [asCalled(key), asCalled(changes)];
    return this.call(
      "every",
      options,
      async () => {
        const { access } = this;
        const { spec, columns, inner } = access;
        const expected = expectedVersion(access.place, given, spec.versionColumn);
        const condition = sql.and([access.byKey(id), ...access.isVersion(expected), ...access.alive()]);
        const found = access.byKey(id);
        const write = updateWrite(spec, columns, given as AnyEntity, condition, inner.context.dialect, found);
        const result = await writeReturning(inner, write, options);
        if (result.rows.length === 0) throw access.missing(expected);
        return (await access.one(result)) as Row;
      },
      [given],
    );
  }

  /** Changes every entity that fits; gives how many. @throws ParameterError for a filter that says nothing, unless `all` is true */
  updateBy(
    filter: Filter<Row> | Sql,
    changes: Changes<Row, Generated, Key, never>,
    options: ManyOptions = noOptions,
  ): Promise<number> {
    const [where, given] = [asCalled(filter), asCalled(changes)];
    return this.call(
      "many",
      options,
      async () => {
        const { access } = this;
        const condition = access.conditionOfMany(where, options.all, "updateBy");
        refuseVersion(access.place, given, access.spec.versionColumn);
        const set = assignments(access.spec, access.columns, given as AnyEntity, access.inner.context.dialect);
        return access.affected(sql`update ${this.table} set ${set} where ${condition}`, options);
      },
      [given],
    );
  }

  /**
   * Inserts the entity, or updates the one that has the same primary key (or `conflict` columns), atomically under concurrency. One that
   * was deleted softly is updated and stays deleted, unless `entity` names that column as well.
   * @throws ParameterError when the entity does not name those columns
   * @throws TooManyRowsError, or the server's own refusal, when no unique constraint covers them; then nothing is changed
   */
  upsert(entity: UpsertEntity<Row, Generated, Key>, options: UpsertOptions<Row> = noOptions): Promise<Upserted<Row>> {
    const given = asCalled(entity);
    return this.call(
      "upsert",
      options,
      async () => {
        const upsert = new Upsert(this.access, given as AnyEntity, options.conflict);
        return upsert.alone(options) as Promise<Upserted<Row>>;
      },
      [given],
    );
  }

  /** Upserts entities, all or none, in the order of their keys so that concurrent calls do not block each other; gives them in their own order. */
  upsertMany(
    entities: readonly UpsertEntity<Row, Generated, Key>[],
    options: UpsertOptions<Row> = noOptions,
  ): Promise<Upserted<Row>[]> {
    const given = asCalled(entities);
    return this.call(
      "upsert",
      options,
      async () => {
        this.access.checkList("upsertMany", given);
        const upserts = given.map((entity) => new Upsert(this.access, entity as AnyEntity, options.conflict));
        const upserted: Upserted<Row>[] = [];
        await this.access.atomically(async (inner) => {
          // In the order of their keys: two callers that lock the same rows in different orders would wait for each other.
          for (const at of inKeyOrder(upserts.map((it) => it.key)))
            upserted[at] = (await upserts[at]?.within(inner, options)) as Upserted<Row>;
        });
        return upserted;
      },
      given,
    );
  }

  /**
   * Deletes the entity with this key (marks it, where the table has `softDelete`); gives whether there was one.
   * @throws StaleEntityError when `version` is given and is another one by now
   */
  delete(key: KeyOf<Row, Key>, options: VersionedOptions = noOptions): Promise<boolean> {
    const id = asCalled(key);
    return this.call("versioned", options, async () => {
      const { access } = this;
      const expected = expectedVersion(access.place, options, "version");
      const condition = sql.and([access.byKey(id), ...access.isVersion(expected), ...access.alive()]);
      const affected = await access.affected(deletion(access, condition), options);
      if (affected === 0 && expected !== undefined) throw access.missing(expected);
      return affected > 0;
    });
  }

  /** Deletes (or marks) every entity that fits; gives how many. @throws ParameterError for a filter that says nothing, unless `all` */
  deleteBy(filter: Filter<Row> | Sql, options: ManyOptions = noOptions): Promise<number> {
    const where = asCalled(filter);
    return this.call("many", options, async () => {
      const condition = this.access.conditionOfMany(where, options.all, "deleteBy");
      return this.access.affected(deletion(this.access, condition), options);
    });
  }

  /** Takes a soft deletion back; gives whether there was one. @throws ConfigurationError when the table has no `softDelete` */
  restore(key: KeyOf<Row, Key>, options: VersionedOptions = noOptions): Promise<boolean> {
    const id = asCalled(key);
    return this.call("versioned", options, async () => {
      const { access } = this;
      const expected = expectedVersion(access.place, options, "version");
      const condition = sql.and([access.byKey(id), ...access.isVersion(expected)]);
      const affected = await access.affected(restoration(access, condition), options);
      if (affected === 0 && expected !== undefined) throw access.missing(expected);
      return affected > 0;
    });
  }
}
