import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import { type Sample, Sampler } from "./sampler.ts";

const files = [
  { route: "/", file: "index.html", type: "text/html" },
  { route: "/status.css", file: "status.css", type: "text/css" },
  { route: "/status.js", file: "status.js", type: "text/javascript" },
  { route: "/pool-card.js", file: "pool-card.js", type: "text/javascript" },
  { route: "/work.css", file: "work.css", type: "text/css" },
  { route: "/work.js", file: "work.js", type: "text/javascript" },
  { route: "/activity.css", file: "activity.css", type: "text/css" },
  { route: "/activity.js", file: "activity.js", type: "text/javascript" },
  { route: "/icon.svg", file: "icon.svg", type: "image/svg+xml" },
];

/** The page that shows the pools, and the samples that it shows as server-sent events. */
export const statusRoutes: FastifyPluginAsync = async (app) => {
  for (const { route, file, type } of files) {
    const content = await readFile(join(import.meta.dirname, "page", file));
    app.get(route, (_request, reply) =>
      reply
        .type(`${type}; charset=utf-8`)
        .header("content-security-policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'")
        .header("x-content-type-options", "nosniff")
        .header("cache-control", "no-cache")
        .send(content),
    );
  }

  const sampler = new Sampler(app.databases);
  // Before the server waits for the last answers: a page that looks on would be one that never ends.
  app.addHook("preClose", async () => sampler.stop());
  app.get("/status/samples", (_request, reply) =>
    reply
      .type("text/event-stream")
      .header("cache-control", "no-store")
      .send(Readable.from(serverSentEvents(sampler.samples()), { objectMode: false })),
  );
};

async function* serverSentEvents(samples: AsyncIterable<readonly Sample[]>): AsyncGenerator<string, void, undefined> {
  // How long a browser waits before it comes back, in milliseconds.
  yield "retry: 1000\n\n";
  let event = "history";
  for await (const some of samples) {
    yield `event: ${event}\ndata: ${JSON.stringify(some)}\n\n`;
    event = "news";
  }
}
