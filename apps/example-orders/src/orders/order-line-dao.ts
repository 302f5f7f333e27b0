import { DaoBase, defineTable } from "@nsj/mdb-core";

export interface OrderLine {
  readonly orderId: number;
  readonly productId: number;
  readonly quantity: number;
  /** Of one piece, at the time of the order. */
  readonly priceCents: number;
}

const lines = defineTable<OrderLine>("order_lines")
  .primaryKey("orderId", "productId")
  .columns({ orderId: "order_id", productId: "product_id", priceCents: "price_cents" });

export class OrderLineDao extends DaoBase.for(lines) {}
