import { setTimeout as pause } from "node:timers/promises";
import type { FastifyPluginAsync } from "fastify";
import { runClient } from "./client.ts";

const clients = 24;
const seconds = 15;

/** A button for the status page: lets many clients order in all shops at once, over HTTP like any other. Of the demonstration only. */
export const loadRoutes: FastifyPluginAsync = async (app) => {
  const closing = new AbortController();
  let running: Promise<unknown> | undefined;
  app.addHook("preClose", async () => {
    closing.abort();
    await running;
  });

  const run = async (index: number): Promise<void> => {
    const end = AbortSignal.any([closing.signal, AbortSignal.timeout(seconds * 1_000)]);
    // One after another, so that the page shows how the pool fills.
    await pause(index * 50);
    try {
      await runClient(app.listeningOrigin, end);
    } catch (error) {
      // A client may lose its connection to a server that closes.
      if (!closing.signal.aborted) app.log.error(error);
    }
  };

  app.get("/demo/load", () => ({ clients, seconds, running: running !== undefined }));

  app.post("/demo/load", async (_request, reply) => {
    running ??= Promise.all(Array.from({ length: clients }, (_, index) => run(index))).finally(() => {
      running = undefined;
    });
    return reply.code(202).send({ clients, seconds, running: true });
  });
};
