import {
  type DatabaseDefinition,
  TransactionAbortedError,
  UndefinedObjectError,
  UnexpectedRollbackError,
  UniqueViolationError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { describe, expect, it } from "vitest";
import { kyselyDialect } from "../../src/index.ts";
import { type Ground, type Tables, useGround } from "./ground.ts";

/** What one engine says of itself. */
export interface Engine {
  readonly name: string;
  definition(): DatabaseDefinition;
  /** Makes something that its connection alone has, and that goes with a reset. */
  readonly remember: string;
  /** Fails on a connection that has not got it. */
  readonly recall: string;
}

/** What Kysely on this library has to do, whatever the engine. */
export function kyselySuite(engine: Engine): void {
  describe(`Kysely on ${engine.name}`, () => {
    const ground = useGround(engine.definition);
    queries(ground);
    ambientTransactions(ground);
    transactionsOfItsOwn(ground);
    controlledTransactions(ground);
    connections(ground, engine);
    tools(ground);
  });
}

const order = (id: number) => ({ id, note: `order ${id}`, total: id * 10 });

function queries(ground: Ground): void {
  it("runs queries with the library's values, and counts what they write", async () => {
    const { kysely } = ground;
    const inserted = await kysely
      .insertInto("kysely_orders")
      .values([order(1), order(2), order(3)])
      .executeTakeFirst();
    expect(inserted.numInsertedOrUpdatedRows).toBe(3n);
    const updated = await kysely
      .updateTable("kysely_orders")
      .set({ note: null })
      .where("id", ">=", 2)
      .executeTakeFirst();
    expect(updated.numUpdatedRows).toBe(2n);
    const deleted = await kysely.deleteFrom("kysely_orders").where("id", "=", 3).executeTakeFirst();
    expect(deleted.numDeletedRows).toBe(1n);
    const rows = await kysely.selectFrom("kysely_orders").selectAll().orderBy("id").execute();
    expect(rows).toEqual([order(1), { ...order(2), note: null }]);
    const raw = await sql`update kysely_orders set total = ${7} where id = ${1}`.execute(kysely);
    expect(raw.numAffectedRows).toBe(1n);
  });

  it("rejects with the library's errors", async () => {
    const { kysely } = ground;
    await kysely.insertInto("kysely_orders").values(order(1)).execute();
    await expect(kysely.insertInto("kysely_orders").values(order(1)).execute()).rejects.toBeInstanceOf(
      UniqueViolationError,
    );
  });

  it("streams, and gives its connection back when the loop is left early", async () => {
    const { kysely, database } = ground;
    await kysely
      .insertInto("kysely_orders")
      .values([order(1), order(2), order(3), order(4), order(5)])
      .execute();
    const all: number[] = [];
    for await (const { id } of kysely.selectFrom("kysely_orders").select("id").orderBy("id").stream(2)) all.push(id);
    expect(all).toEqual([1, 2, 3, 4, 5]);
    for await (const { id } of kysely.selectFrom("kysely_orders").select("id").orderBy("id").stream(2))
      if (id === 3) break;
    expect(database.closed).toBe(false);
  });

  it("stops for a signal that is aborted already, and sends nothing", async () => {
    const { kysely } = ground;
    const signal = AbortSignal.abort(new Error("left"));
    await expect(kysely.insertInto("kysely_orders").values(order(1)).execute({ signal })).rejects.toThrow();
    expect(await ground.ids()).toEqual([]);
  });

  it("leaves the database open when it is destroyed", async () => {
    const { database } = ground;
    const other = new Kysely<Tables>({ dialect: kyselyDialect(database) });
    await other.insertInto("kysely_orders").values(order(1)).execute();
    await other.destroy();
    expect(await ground.ids()).toEqual([1]);
  });
}

function ambientTransactions(ground: Ground): void {
  it("joins the library's transaction that the calling code is in", async () => {
    const { kysely, database } = ground;
    const failure = new Error("undo");
    const undone = database.transaction(async () => {
      await kysely.insertInto("kysely_orders").values(order(1)).execute();
      expect(await kysely.selectFrom("kysely_orders").select("id").execute()).toEqual([{ id: 1 }]);
      throw failure;
    });
    await expect(undone).rejects.toBe(failure);
    expect(await ground.ids()).toEqual([]);
  });

  it("joins with its own transactions too: one that is undone undoes all of it", async () => {
    const { kysely, database } = ground;
    await database.transaction(async () => {
      await kysely.transaction().execute((trx) => trx.insertInto("kysely_orders").values(order(1)).execute());
    });
    expect(await ground.ids()).toEqual([1]);
    const outer = database.transaction(async () => {
      await ground.dao.insert(order(2));
      const inner = kysely.transaction().execute(async (trx) => {
        await trx.insertInto("kysely_orders").values(order(3)).execute();
        throw new Error("undo");
      });
      await expect(inner).rejects.toThrow("undo");
    });
    await expect(outer).rejects.toBeInstanceOf(UnexpectedRollbackError);
    expect(await ground.ids()).toEqual([1]);
  });
}

function transactionsOfItsOwn(ground: Ground): void {
  it("takes DAOs and raw statements into its transactions", async () => {
    const { kysely, database, dao } = ground;
    await kysely.transaction().execute(async (trx) => {
      await trx.insertInto("kysely_orders").values(order(1)).execute();
      await dao.insert(order(2));
      expect(await database.queryScalar<number>("select total from kysely_orders where id = 1")).toBe(10);
      await kysely.insertInto("kysely_orders").values(order(3)).execute();
    });
    expect(await ground.ids()).toEqual([1, 2, 3]);
    const undone = kysely.transaction().execute(async () => {
      await dao.insert(order(4));
      await database.transaction(async () => {
        await dao.insert(order(5));
      });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(await ground.ids()).toEqual([1, 2, 3]);
  });

  it("leaves nothing of a transaction in the code around it", async () => {
    const { kysely, database, dao } = ground;
    expect(database.inTransaction).toBe(false);
    const running = kysely.transaction().execute(async () => {
      expect(database.inTransaction).toBe(true);
    });
    expect(database.inTransaction).toBe(false);
    await running;
    expect(database.inTransaction).toBe(false);
    await dao.insert(order(1));
    expect(await ground.ids()).toEqual([1]);
  });

  it("keeps transactions apart that run at the same time", async () => {
    const { kysely, dao } = ground;
    const one = async (id: number): Promise<void> => {
      const run = kysely.transaction().execute(async (trx) => {
        await dao.insert(order(id));
        await trx
          .insertInto("kysely_orders")
          .values(order(id + 100))
          .execute();
        if (id % 2 === 0) throw new Error("undo");
      });
      await (id % 2 === 0 ? expect(run).rejects.toThrow("undo") : run);
    };
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(one));
    expect(await ground.ids()).toEqual([1, 3, 5, 7, 101, 103, 105, 107]);
  });

  it("does not commit what a swallowed failure has doomed", async () => {
    const { kysely } = ground;
    await kysely.insertInto("kysely_orders").values(order(1)).execute();
    const swallowed = kysely.transaction().execute(async (trx) => {
      await trx.insertInto("kysely_orders").values(order(2)).execute();
      await trx
        .insertInto("kysely_orders")
        .values(order(1))
        .execute()
        .catch(() => {});
    });
    await expect(swallowed).rejects.toBeInstanceOf(TransactionAbortedError);
    expect(await ground.ids()).toEqual([1]);
  });

  it("passes on how a transaction is to be, and refuses what the engine lacks", async () => {
    const { kysely, database } = ground;
    const isolated = kysely
      .transaction()
      .setIsolationLevel("serializable")
      .execute(async (trx) => trx.selectFrom("kysely_orders").select("id").execute());
    expect(await isolated).toEqual([]);
    const lacks = ["snapshot", "read uncommitted"].filter(
      (level) => !database.capabilities.isolation.includes(level as never),
    );
    for (const level of lacks) {
      const refused = kysely
        .transaction()
        .setIsolationLevel(level as "snapshot")
        .execute(async (trx) => trx.insertInto("kysely_orders").values(order(1)).execute());
      await expect(refused).rejects.toBeInstanceOf(UnsupportedError);
    }
    expect(await ground.ids()).toEqual([]);
  });
}

function controlledTransactions(ground: Ground): void {
  it("commits and rolls back transactions that are ended by hand", async () => {
    const { kysely } = ground;
    const kept = await kysely.startTransaction().execute();
    await kept.insertInto("kysely_orders").values(order(1)).execute();
    await kept.commit().execute();
    const undone = await kysely.startTransaction().execute();
    await undone.insertInto("kysely_orders").values(order(2)).execute();
    await undone.rollback().execute();
    expect(await ground.ids()).toEqual([1]);
  });

  it("has savepoints, to which one can go back more than once", async () => {
    const { kysely } = ground;
    const trx = await kysely.startTransaction().execute();
    await trx.insertInto("kysely_orders").values(order(1)).execute();
    const first = await trx.savepoint("first").execute();
    await first.insertInto("kysely_orders").values(order(2)).execute();
    const second = await first.savepoint("second").execute();
    await second.insertInto("kysely_orders").values(order(3)).execute();
    await second.rollbackToSavepoint("first").execute();
    await first.insertInto("kysely_orders").values(order(4)).execute();
    await first.rollbackToSavepoint("first").execute();
    await first.insertInto("kysely_orders").values(order(5)).execute();
    await first.releaseSavepoint("first").execute();
    const third = await trx.savepoint("third").execute();
    await third.insertInto("kysely_orders").values(order(6)).execute();
    await third.commit().execute();
    expect(await ground.ids()).toEqual([1, 5, 6]);
  });

  it("goes on after a failure that a savepoint has taken back", async () => {
    const { kysely } = ground;
    const trx = await kysely.startTransaction().execute();
    await trx.insertInto("kysely_orders").values(order(1)).execute();
    const inner = await trx.savepoint("inner").execute();
    await expect(inner.insertInto("kysely_orders").values(order(1)).execute()).rejects.toBeInstanceOf(
      UniqueViolationError,
    );
    await inner.rollbackToSavepoint("inner").execute();
    await trx.insertInto("kysely_orders").values(order(2)).execute();
    await trx.commit().execute();
    expect(await ground.ids()).toEqual([1, 2]);
  });
}

function connections(ground: Ground, engine: Engine): void {
  it("keeps one connection for the callback of connection(), transactions in it included, and leaves nothing on it", async () => {
    const { kysely, dao } = ground;
    const recall = (on: Kysely<Tables>) => sql`${sql.raw(engine.recall)}`.execute(on);
    await kysely.connection().execute(async (db) => {
      await sql`${sql.raw(engine.remember)}`.execute(db);
      await recall(db);
      await db.transaction().execute(async (trx) => {
        await recall(trx);
        await dao.insert(order(1));
        await trx.insertInto("kysely_orders").values(order(2)).execute();
      });
      await recall(db);
    });
    await expect(recall(kysely)).rejects.toBeInstanceOf(UndefinedObjectError);
    expect(await ground.ids()).toEqual([1, 2]);
  });
}

function tools(ground: Ground): void {
  it("migrates and introspects", async () => {
    const { kysely } = ground;
    const migrations = {
      first: {
        up: (db: Kysely<never>) => db.schema.createTable("kysely_made").addColumn("id", "integer").execute(),
        down: (db: Kysely<never>) => db.schema.dropTable("kysely_made").execute(),
      },
    };
    const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => migrations } });
    expect(await migrator.migrateToLatest()).toMatchObject({
      results: [{ migrationName: "first", status: "Success" }],
    });
    const tables = await kysely.introspection.getTables();
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["kysely_made", "kysely_orders"]));
    expect(await migrator.migrateDown()).toMatchObject({ results: [{ migrationName: "first", status: "Success" }] });
    await kysely.schema.dropTable("kysely_migration").execute();
    await kysely.schema.dropTable("kysely_migration_lock").execute();
  });
}
