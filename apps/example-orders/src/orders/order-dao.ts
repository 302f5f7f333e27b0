import { DaoBase, defineTable } from "@nsj/mdb-core";

export interface Order {
  readonly id: number;
  readonly customerId: number;
  readonly status: "placed" | "cancelled";
  readonly totalCents: number;
  readonly placedAt: Date;
  readonly version: number;
}

const orders = defineTable<Order>("orders")
  .primaryKey("id")
  .generated("id", "placedAt")
  .version("version")
  .columns({ customerId: "customer_id", totalCents: "total_cents", placedAt: "placed_at" });

export class OrderDao extends DaoBase.for(orders) {}
