// A strict TypeScript program that registers its databases once: every integration knows the labels.
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager, type Session, Transactional } from "@nsj/mdb-core";
import { type MdbRequest, mdbExpress } from "@nsj/mdb-express";
import { mdbFastify } from "@nsj/mdb-fastify";
import { type MdbVariables, mdbHono } from "@nsj/mdb-hono";
import { DatabaseSession, InjectDatabase, MdbModule, Transactional as NestTransactional } from "@nsj/mdb-nestjs";
import type { FastifyInstance } from "fastify";
import { Hono } from "hono";

export const databases = new DatabaseManager({
  orders: sqlite({ filename: ":memory:" }),
  audit: sqlite({ filename: ":memory:" }),
});

declare module "@nsj/mdb-core" {
  interface Register {
    databases: typeof databases;
  }
}

export async function inFastify(app: FastifyInstance): Promise<void> {
  await app.register(mdbFastify, { databases });
  app.databases.database("audit");
  // @ts-expect-error No such label.
  app.databases.database("adit");
  app.get("/", async (request) => {
    const session: Session = await request.databaseSession("orders");
    // @ts-expect-error No such label.
    await request.databaseSession("ordres");
    return session.query("select 1");
  });
}

export const inExpress = mdbExpress(databases);

export function withExpress(request: MdbRequest): readonly Promise<Session>[] {
  // @ts-expect-error No such label.
  return [request.databaseSession("orders"), request.databaseSession("ordres")];
}

/** Hono's variables know the labels of the manager itself: nothing needs to be registered. */
export const inHono = new Hono<{ Variables: MdbVariables<typeof databases> }>()
  .use(mdbHono(databases))
  .get("/", async (context) => {
    const session = await context.var.databaseSession("orders");
    // @ts-expect-error No such label.
    await context.var.databaseSession("ordres");
    return context.json(await session.query("select 1"));
  });

export class OrderService {
  @Transactional("orders")
  async place(): Promise<void> {}

  // @ts-expect-error No such label.
  @Transactional("ordres")
  async cancel(): Promise<void> {}

  @NestTransactional("orders", { isolation: "serializable" })
  async pay(): Promise<void> {}

  // @ts-expect-error No such label.
  @NestTransactional("ordres")
  async ship(): Promise<void> {}
}

export const inNest = [MdbModule.forFeature("orders", []), InjectDatabase("audit"), DatabaseSession("audit")];
// @ts-expect-error No such label.
MdbModule.forFeature("ordres", []);
// @ts-expect-error No such label.
InjectDatabase("ordres");
// @ts-expect-error No such label.
DatabaseSession("ordres");
