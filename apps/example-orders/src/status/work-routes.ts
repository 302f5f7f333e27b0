import type { FastifyPluginAsync } from "fastify";
import { WorkWatch } from "./work-status.ts";

/** What the page shows of the outbox and of transactions in doubt; and the way to give dead events another life. */
export const workRoutes: FastifyPluginAsync = async (app) => {
  const watch = new WorkWatch(app.databases, app.outbox);

  app.get("/status/work", async (_request, reply) => reply.header("cache-control", "no-store").send(await watch.now()));

  app.post("/status/dead/revive", async () => {
    const dead = await app.outbox.dead();
    return { revived: await app.outbox.revive(dead.map(({ id }) => id)) };
  });
};
