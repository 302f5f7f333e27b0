import { auditInbox, auditOutbox } from "./audit/audit-outbox.ts";
import type { Databases } from "./databases.ts";

const orders = `
  create table if not exists customers (
    id integer generated always as identity primary key,
    email text not null unique,
    name text not null
  );
  create table if not exists products (
    id integer generated always as identity primary key,
    sku text not null unique,
    name text not null,
    price_cents integer not null check (price_cents >= 0),
    stock integer not null check (stock >= 0),
    version integer not null
  );
  create table if not exists orders (
    id integer generated always as identity primary key,
    customer_id integer not null references customers,
    status text not null check (status in ('placed', 'cancelled')),
    total_cents bigint not null,
    placed_at timestamptz not null default now(),
    version integer not null
  );
  create index if not exists orders_of_customer on orders (customer_id, id);
  create table if not exists order_lines (
    order_id integer not null references orders,
    product_id integer not null references products,
    quantity integer not null check (quantity > 0),
    price_cents integer not null,
    primary key (order_id, product_id)
  );
  create table if not exists idempotency_keys (
    key text primary key,
    fingerprint text not null,
    order_id integer references orders
  )`;

const audit = `
  create table if not exists events (
    id integer primary key,
    at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    what text not null,
    order_id integer not null
  );
  create table if not exists recounts (
    id integer primary key,
    at text not null default (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    product_id integer not null,
    stock_before integer not null,
    stock integer not null,
    reason text not null
  )`;

/** Makes what is not there yet. A service that lives longer than an example has migrations instead. */
export async function createTables(databases: Databases): Promise<void> {
  await databases.database("orders").execute(orders);
  await databases.database("audit").execute(audit);
  await auditOutbox(databases).createTables();
  await auditInbox(databases).createTables();
  // Where transactions over both databases are decided.
  await databases.prepareStore("audit");
}
