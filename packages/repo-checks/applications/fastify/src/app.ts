import { CheckViolationError, sql } from "@nsj/mdb-core";
import { mdbFastify } from "@nsj/mdb-fastify";
import fastify, { type FastifyInstance } from "fastify";
import { databases } from "./databases.js";
import { orders, place } from "./orders.js";

export async function build(): Promise<FastifyInstance> {
  const app = fastify();
  await app.register(mdbFastify, { databases });

  app.post<{ Body: { item: string; total: string } }>("/orders", async (request, reply) => {
    try {
      return await place(request.body.item, request.body.total);
    } catch (error) {
      if (error instanceof CheckViolationError) return reply.code(422).send({ soldOut: request.body.item });
      throw error;
    }
  });

  app.get<{ Params: { id: number } }>("/orders/:id", (request) =>
    databases
      .database("orders")
      .queryOne(sql`select * from orders where id = ${request.params.id}`, { signal: request.clientGone }),
  );

  app.get("/orders", () => orders.findAll({ orderBy: { id: "desc" }, limit: 10 }));

  app.delete<{ Params: { id: number } }>("/orders/:id", async (request) => {
    const session = await request.databaseSession("orders");
    const gone = await session.queryOne(
      sql<{ item: string }>`delete from orders where id = ${request.params.id} returning item`,
    );
    return { item: gone.item.toUpperCase(), committed: false };
  });

  app.get("/slow", (request) =>
    databases.database("orders").queryOne(sql<{ n: number }>`select 1 as n, pg_advisory_xact_lock_shared(17)::text`, {
      signal: request.clientGone,
    }),
  );

  app.get("/events", () => app.databases.database("audit").query("select what from events"));
  return app;
}
