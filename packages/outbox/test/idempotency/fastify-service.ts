import type { DatabaseManager } from "@nsj/mdb-core";
import { mdbFastify } from "@nsj/mdb-fastify";
import fastify from "fastify";
import { placingOnce, type ServiceFacts } from "./place-order-once.ts";

interface Route {
  readonly Body: { readonly item: string };
  readonly Headers: { readonly "idempotency-key"?: string; readonly "x-crash"?: string };
}

/** The service in Fastify. */
export async function startFastify(databases: DatabaseManager, facts: ServiceFacts) {
  const app = fastify();
  await app.register(mdbFastify, { databases });
  const placeOnce = placingOnce(databases.database("orders"), facts);
  app.post<Route>("/orders", ({ headers, body }) =>
    placeOnce({ key: headers["idempotency-key"], body, crash: headers["x-crash"] }),
  );
  return { url: await app.listen({ host: "127.0.0.1", port: 0 }), close: () => app.close() };
}
