import { onSlow, type SlowStatement } from "@nsj/mdb-core";
import type { FastifyPluginAsync } from "fastify";
import { OpenTransactions } from "./open-transactions.ts";

/** So many slow statements are kept. */
const kept = 20;
/** The longest list of open transactions that a page is sent. */
const shown = 8;

/** Options of the plugin. */
export interface ActivityOptions {
  /** What takes this long, in milliseconds, is slow. */
  readonly slowMs: number;
}

/** The slow statements of late, and the transactions that are open now. */
export const activityRoutes: FastifyPluginAsync<ActivityOptions> = async (app, { slowMs }) => {
  const slow: (SlowStatement & { readonly at: number })[] = [];
  const watch = onSlow(app.databases, { thresholdMs: slowMs, sampleMs: 10_000, plan: true }, (entry) => {
    app.log.warn(entry, "slow statement");
    slow.unshift({ ...entry, at: Date.now() });
    slow.splice(kept);
  });
  const transactions = new OpenTransactions();
  app.addHook("onClose", async () => {
    watch.stop();
    transactions.stop();
  });
  app.get("/status/activity", async (_request, reply) => {
    const open = transactions.list();
    void reply.header("cache-control", "no-store");
    return { slowMs, slow, openCount: open.length, open: open.slice(0, shown) };
  });
};
