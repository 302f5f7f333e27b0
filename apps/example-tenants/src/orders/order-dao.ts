import { DaoBase, defineTable } from "@nsj/mdb-core";

/** An order of a shop. Nothing in here knows which shop, or how its data is kept apart. */
export interface Order {
  readonly id: string;
  readonly item: string;
  readonly quantity: number;
  readonly placedAt: Date;
}

const orders = defineTable<Order>("orders")
  .primaryKey("id")
  .generated("id", "placedAt")
  .columns({ placedAt: "placed_at" });

export class OrderDao extends DaoBase.for(orders) {}

/** The table of a shop that has one of its own. */
export const ordersTable = `
  create table if not exists orders (
    id uuid primary key default gen_random_uuid(),
    item text not null,
    quantity integer not null check (quantity > 0),
    placed_at timestamptz not null default now()
  )`;
