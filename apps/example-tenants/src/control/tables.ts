import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { databaseOf, type ServerUrls } from "../databases.ts";
import { ordersTable } from "../orders/order-dao.ts";

const control = `
  create table if not exists shops (
    id text primary key,
    name text not null,
    layout text not null check (layout in ('database', 'schema', 'rows')),
    server text not null check (server in ('north', 'south')),
    password text,
    state text not null check (state in ('active', 'opening', 'moving')),
    version integer not null
  )`;

/** The setting is NULL in a session that has never heard of it, and empty in one that has. */
const thisShop = "nullif(current_setting('app.tenant', true), '')";

/** The orders of all shops that share their rows: each statement sees those of the shop that it runs for, and can write no others. */
const sharedOrders = `
  ${ordersTable};
  alter table orders add column shop text not null default ${thisShop};
  create index orders_of_shop on orders (shop, placed_at);
  alter table orders enable row level security;
  alter table orders force row level security;
  create policy own_rows on orders using (shop = ${thisShop}) with check (shop = ${thisShop});
  grant select, insert, update, delete on orders to shops`;

/** Makes the control database, and on each server the database and the login that shops share. For servers that are new. */
export async function setUp(urls: ServerUrls, sharedPassword: string): Promise<void> {
  for (const [server, url] of Object.entries(urls)) {
    await run(url, `create role shops login password '${sharedPassword}'`, "create database shared");
    await run(databaseOf(url, "shared"), sharedOrders);
    if (server !== "north") continue;
    await run(url, "create database control");
    await run(databaseOf(url, "control"), control);
  }
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  await using manager = new DatabaseManager({ it: postgres({ connectionString: url }) });
  for (const statement of statements) await manager.database("it").execute(statement);
}
