import { DaoBase, type Database, type DatabaseDefinition, DatabaseManager, defineTable } from "@nsj/mdb-core";
import { Kysely } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { kyselyDialect } from "../../src/index.ts";

export interface Tables {
  kysely_orders: { id: number; note: string | null; total: number };
}

type Order = { readonly id: number; readonly note: string | null; readonly total: number };
const orders = defineTable<Order>("kysely_orders").primaryKey("id");

/** A DAO that knows nothing of Kysely. */
export class OrderDao extends DaoBase.for(orders) {}

/** What the cases of the suite work with. */
export interface Ground {
  readonly database: Database;
  readonly kysely: Kysely<Tables>;
  readonly dao: OrderDao;
  /** The ids in the table, sorted, seen by a connection of its own. */
  ids(): Promise<number[]>;
}

/** A database with an empty table for every test; after each, nothing of the pool may be in use any more. */
export function useGround(definition: () => DatabaseDefinition): Ground {
  let manager: DatabaseManager<{ kysely: DatabaseDefinition }>;
  let database: Database;
  let kysely: Kysely<Tables>;
  beforeAll(async () => {
    manager = new DatabaseManager({ kysely: definition() });
    database = manager.database("kysely");
    kysely = new Kysely<Tables>({ dialect: kyselyDialect(database) });
    await kysely.schema
      .createTable("kysely_orders")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("note", "varchar(200)")
      .addColumn("total", "integer", (column) => column.notNull())
      .execute();
  });
  beforeEach(async () => {
    await kysely.deleteFrom("kysely_orders").execute();
  });
  // What was touched is reset first, which takes a round trip.
  afterEach(() => expect.poll(() => database.stats().busy, { message: "connections that are still in use" }).toBe(0));
  afterAll(async () => {
    await kysely.schema.dropTable("kysely_orders").execute();
    await manager.close();
  });
  return {
    get database() {
      return database;
    },
    get kysely() {
      return kysely;
    },
    get dao() {
      return new OrderDao(database);
    },
    ids: async () =>
      (await database.query<{ id: number }>("select id from kysely_orders order by id")).map(({ id }) => id),
  };
}
