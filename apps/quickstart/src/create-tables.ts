import type { Databases } from "./databases.ts";
import { print } from "./print.ts";

/** Each database speaks its own DDL. */
export async function createTables(databases: Databases): Promise<void> {
  const orders = databases.database("orders");
  await orders.execute(
    "create table customers (id serial primary key, email text not null unique, name text not null)",
  );
  await orders.execute(`create table orders (
    id serial primary key,
    customer_id integer not null references customers,
    total numeric(10, 2) not null,
    placed timestamptz not null
  )`);
  await orders.execute(
    "create table vouchers (code text primary key, uses_left integer not null check (uses_left >= 0))",
  );
  await orders.execute(
    "create table order_lines (line integer primary key, product text not null, price numeric(10, 2))",
  );

  const audit = databases.database("audit");
  await audit.execute("create table events (id integer primary key, what text not null)");

  print("orders", `${await orders.queryScalar("select version()")}`.split(" on ", 1).join());
  print("audit", `SQLite ${await audit.queryScalar("select sqlite_version()")}`);
}
