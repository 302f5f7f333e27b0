import { CheckViolationError } from "@nsj/mdb-core";
import { type MdbVariables, mdbErrorResponse, mdbHealth, mdbHono } from "@nsj/mdb-hono";
import { Hono } from "hono";
import { databases } from "./databases.ts";
import { orders, place } from "./orders.ts";

export const app = new Hono<{ Variables: MdbVariables<typeof databases> }>();
app.use(mdbHono(databases));
app.get("/health", mdbHealth(databases));

app.post("/orders", async (c) => {
  const { item, total } = await c.req.json<{ item: string; total: string }>();
  return c.json(await place(item, total));
});

app.get("/orders/:id", async (c) => {
  const order = await orders.findById(Number(c.req.param("id")));
  return order === undefined ? c.notFound() : c.json(order);
});

app.delete("/orders/:id", async (c) => {
  const session = await c.var.databaseSession("orders");
  return c.json(await session.queryOne("delete from orders where id = :id returning item", { id: c.req.param("id") }));
});

app.get("/slow", async (c) => {
  const signal = c.req.raw.signal;
  return c.json(
    await databases
      .database("orders")
      .queryOne("select 1 as n, pg_advisory_xact_lock_shared(17)::text", [], { signal }),
  );
});

app.get("/events", async (c) => c.json(await databases.database("audit").query("select what from events")));

app.onError((error, c) => {
  if (error instanceof CheckViolationError) return c.json({ code: error.code }, 422);
  const response = mdbErrorResponse(error, c);
  if (response !== undefined) return response;
  console.error(error);
  return c.text("Internal Server Error", 500);
});
