import { DaoBase, defineTable, sql } from "@nsj/mdb-core";
import { databases } from "./databases.js";

export interface Order {
  readonly id: number;
  readonly item: string;
  readonly total: string;
}

export class OrderDao extends DaoBase.for(defineTable<Order>("orders").primaryKey("id").generated("id")) {}

export const orders = new OrderDao(databases.database("orders"));

export async function createTables(): Promise<void> {
  const database = databases.database("orders");
  await database.execute("create table orders (id serial primary key, item text unique, total numeric(10, 2))");
  await database.execute("create table stock (item text primary key, n integer check (n >= 0))");
  await database.execute("insert into stock (item, n) values ('tea', 2), ('coffee', 0)");
  await databases.database("audit").execute("create table events (what text)");
}

/** Both tables or neither, and the event only when they were written. */
export async function place(item: string, total: string): Promise<Order> {
  return databases.transaction("orders", async (tx) => {
    await tx.execute(sql`update stock set n = n - 1 where item = ${item}`);
    const order = await orders.insert({ item, total });
    tx.onCommit(() => databases.database("audit").execute("insert into events (what) values (:what)", { what: item }));
    return order;
  });
}
