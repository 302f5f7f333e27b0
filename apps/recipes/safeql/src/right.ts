import { type Database, type Sql, sql } from "@nsj/mdb-core";

export function cheaperThan(orders: Database, limit: string) {
  return orders.query(sql<{ id: number; item: string; total: string }>`
    select id, item, total from orders where total < ${limit}::numeric
  `);
}

/** A list as one array, which can be checked; `sql.list` makes as many placeholders as there are values, and cannot. */
export function byIds(orders: Database, ids: number[]) {
  return orders.query(sql<{ item: string }>`select item from orders where id = any(${ids})`);
}

/** What is put together at run time goes under another name, so that it is not checked. */
const dynamic = sql;

export function filtered(orders: Database, filter: Sql) {
  return orders.query(dynamic<{ id: number }>`select id from orders where ${filter}`);
}
