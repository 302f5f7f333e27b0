import { inbox, type Outbox, outbox, toDatabase } from "@nsj/mdb-outbox";
import type { FastifyPluginAsync } from "fastify";
import type { Databases } from "../databases.ts";
import { type AuditEvent, EventDao } from "./event-dao.ts";

/** What happened to an order, on its way to the audit. */
interface OrderEvent {
  readonly orderId: number;
}

const topics = ["order placed", "order cancelled"] as const satisfies readonly AuditEvent["what"][];

declare module "fastify" {
  interface FastifyInstance {
    /** Events that are real with their order, and reach the audit afterwards. */
    readonly outbox: Outbox;
  }
}

/** Beside the orders, in their database. */
export function auditOutbox(databases: Databases): Outbox {
  return outbox(databases.database("orders"));
}

/** Beside the audit, in its database: what was written there already. */
export function auditInbox(databases: Databases) {
  return inbox(databases.database("audit"));
}

/** Tells of an order inside the transaction that changes it: both are there then, or neither. */
export function tell(events: Outbox, what: (typeof topics)[number], orderId: number): Promise<string> {
  const body: OrderEvent = { orderId };
  return events.add({ topic: what, key: `order ${orderId}`, body });
}

/** Carries events over to the audit for as long as the service runs. */
export const auditRelay: FastifyPluginAsync = async (app) => {
  const audit = app.databases.database("audit");
  const write = toDatabase(
    audit,
    (tx, { topic, body }) =>
      new EventDao(tx).insert({ what: topic as AuditEvent["what"], orderId: (body as OrderEvent).orderId }),
    { inbox: auditInbox(app.databases) },
  );
  const relay = app.outbox.relay(Object.fromEntries(topics.map((topic) => [topic, write])), {
    // What this process commits wakes it. Several processes would find each other's events sooner with a connection that listens.
    listen: false,
    onError: (error, message) => app.log.warn({ err: error, message }, "an event has to wait"),
  });
  let running: ReturnType<typeof relay.start> | undefined;
  app.addHook("onReady", async () => {
    running = relay.start();
  });
  // Before the databases close. What waits then waits for the next start.
  app.addHook("preClose", async () => {
    await running?.stop();
  });
};
