import { z } from "zod";
import { tell } from "../audit/audit-outbox.ts";
import { idParams } from "../http/id-params.ts";
import { pageQuery } from "../http/paging.ts";
import { Refusal } from "../http/refusal.ts";
import type { Routes } from "../http/validation.ts";
import { cancelOrder } from "./cancel-order.ts";
import { newOrder } from "./new-order.ts";
import { OrderDao } from "./order-dao.ts";
import { OrderLineDao } from "./order-line-dao.ts";
import { placeOrder } from "./place-order.ts";

const keyHeader = z.object({ "idempotency-key": z.string().min(1).max(100) });
const listQuery = pageQuery.extend({ customerId: z.coerce.number().int().positive().exactOptional() });
const cancellation = z.strictObject({ version: z.int32().positive() });

export const orderRoutes: Routes = async (app) => {
  const { databases } = app;
  const orders = new OrderDao(databases.database("orders"));
  const lines = new OrderLineDao(databases.database("orders"));

  app.get("/", { schema: { querystring: listQuery } }, ({ query: { customerId, ...page }, clientGone }) => {
    const where = customerId === undefined ? {} : { customerId };
    return orders.pageAfter({ ...page, where, orderBy: { id: "desc" } }, { signal: clientGone });
  });

  app.get("/:id", { schema: { params: idParams } }, async ({ params, clientGone: signal }) => {
    const order = await orders.findById(params.id, { signal });
    if (order === undefined) throw new Refusal(404, "UNKNOWN_ORDER", "there is no such order");
    return { ...order, lines: await lines.findBy({ orderId: order.id }, { orderBy: { productId: "asc" }, signal }) };
  });

  // A transaction of its own, which may be run again after a lost race.
  app.post("/", { schema: { headers: keyHeader, body: newOrder } }, async (request, reply) => {
    const { order, isNew } = await databases.transaction(
      "orders",
      async (tx) => {
        const placed = await placeOrder(tx, request.body, request.headers["idempotency-key"]);
        // Part of this transaction, whatever happens afterwards.
        if (placed.isNew) await tell(app.outbox, "order placed", placed.order.id);
        return placed;
      },
      { retry: { attempts: 3 }, signal: request.clientGone },
    );
    return reply
      .code(isNew ? 201 : 200)
      .header("location", `/orders/${order.id}`)
      .send(order);
  });

  // The session of the request: what is not committed when the answer goes out is rolled back.
  app.post("/:id/cancel", { schema: { params: idParams, body: cancellation } }, async (request) => {
    const session = await request.databaseSession("orders");
    const order = await cancelOrder(session, request.params.id, request.body.version);
    await session.run(() => tell(app.outbox, "order cancelled", order.id));
    await session.commit();
    return order;
  });
};
