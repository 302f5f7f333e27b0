import { DaoBase, defineTable } from "@nsj/mdb-core";

/** A stock that somebody counted, and why the books were wrong. In the audit. */
export interface Recount {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly productId: number;
  readonly stockBefore: number;
  readonly stock: number;
  readonly reason: string;
}

const recounts = defineTable<Recount>("recounts")
  .primaryKey("id")
  .generated("id", "at")
  .columns({ productId: "product_id", stockBefore: "stock_before" });

export class RecountDao extends DaoBase.for(recounts) {}
