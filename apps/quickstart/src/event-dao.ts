import { defineTable, TransactionalDao } from "@nsj/mdb-core";

interface Event {
  readonly id: number;
  readonly what: string;
}

const events = defineTable<Event>("events").primaryKey("id").generated("id");

export class EventDao extends TransactionalDao.for(events) {}
