import { DaoBase, defineTable } from "@nsj/mdb-core";

/** Something that has happened, for good. */
export interface AuditEvent {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly what: "order placed" | "order cancelled";
  readonly orderId: number;
}

const events = defineTable<AuditEvent>("events")
  .primaryKey("id")
  .generated("id", "at")
  .columns({ orderId: "order_id" });

export class EventDao extends DaoBase.for(events) {}
