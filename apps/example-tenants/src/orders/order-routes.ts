import { Readable } from "node:stream";
import type { Database } from "@nsj/mdb-core";
import { z } from "zod";
import { pageQuery } from "../http/paging.ts";
import type { Routes } from "../http/validation.ts";
import { OrderDao } from "./order-dao.ts";

const newOrder = z.strictObject({ item: z.string().trim().min(1).max(100), quantity: z.int32().positive().max(1_000) });

/** The orders of the request's shop: whose they are, and where they live, is decided before a handler runs. */
export const orderRoutes: Routes = async (app) => {
  // One database for the life of the service; each call on it goes to the shop in whose scope it is made.
  const shop: Database = app.databases.database("shop");
  const orders = new OrderDao(shop);

  app.get("/orders", { schema: { querystring: pageQuery } }, ({ query, clientGone }) =>
    orders.pageAfter({ ...query, orderBy: { placedAt: "desc", id: "desc" } }, { signal: clientGone }),
  );

  app.post("/orders", { schema: { body: newOrder } }, async (request, reply) => {
    reply.code(201);
    return shop.transaction(async (tx) => new OrderDao(tx).insert(request.body), { signal: request.clientGone });
  });

  // Rows as they come, from the shop of the request to the end of the answer.
  app.get("/orders.csv", (request, reply) => {
    const rows = shop.stream<{ item: string; quantity: number }>(
      "select item, quantity from orders order by placed_at",
      [],
      {
        signal: request.clientGone,
      },
    );
    return reply.type("text/csv; charset=utf-8").send(Readable.from(lines(rows)));
  });
};

async function* lines(rows: AsyncIterable<{ readonly item: string; readonly quantity: number }>) {
  yield "item,quantity\n";
  for await (const { item, quantity } of rows) yield `"${item.replaceAll('"', '""')}",${quantity}\n`;
}
