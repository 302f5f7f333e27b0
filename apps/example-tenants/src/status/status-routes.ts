import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import type { Opened } from "../databases.ts";
import type { KeyRing } from "../shops/key-ring.ts";
import { Sampler } from "./sampler.ts";

const files = [
  { route: "/", file: "index.html", type: "text/html" },
  { route: "/status.css", file: "status.css", type: "text/css" },
  { route: "/status.js", file: "status.js", type: "text/javascript" },
  { route: "/actions.js", file: "actions.js", type: "text/javascript" },
  { route: "/budget.js", file: "budget.js", type: "text/javascript" },
  { route: "/shops.js", file: "shops.js", type: "text/javascript" },
  { route: "/icon.svg", file: "icon.svg", type: "image/svg+xml" },
];

/** The page that shows budget and shops, and the samples that it shows as server-sent events. */
export function statusRoutes(opened: Opened, keys: KeyRing): FastifyPluginAsync {
  return async (app) => {
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

    const sampler = new Sampler(opened, keys);
    // Before the server waits for the last answers: a page that looks on would be one that never ends.
    app.addHook("preClose", async () => sampler.stop());
    app.get("/status/samples", (_request, reply) =>
      reply
        .type("text/event-stream")
        .header("cache-control", "no-store")
        .send(Readable.from(serverSentEvents(sampler.samples()), { objectMode: false })),
    );
  };
}

async function* serverSentEvents(samples: AsyncIterable<unknown>): AsyncGenerator<string, void, undefined> {
  // How long a browser waits before it comes back, in milliseconds.
  yield "retry: 1000\n\n";
  for await (const sample of samples) yield `data: ${JSON.stringify(sample)}\n\n`;
}
