import "reflect-metadata";
import { Body, Controller, Headers, HttpCode, HttpException, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import type { DatabaseManager } from "@nsj/mdb-core";
import { MdbModule } from "@nsj/mdb-nestjs";
import { placingOnce, type ServiceFacts } from "./place-order-once.ts";

/** The service in NestJS. Its decorators are called, because the tests run on standard TypeScript. */
export async function startNest(databases: DatabaseManager, facts: ServiceFacts) {
  const placeOnce = placingOnce(databases.database("orders"), facts);
  class Orders {
    async place(body: { readonly item: string }, key: string | undefined, crash: string | undefined): Promise<unknown> {
      try {
        return await placeOnce({ key, body, crash });
      } catch (error) {
        // Nest goes by the class of an error.
        const { statusCode, message } = error as { readonly statusCode?: number; readonly message: string };
        throw statusCode === undefined ? error : new HttpException(message, statusCode);
      }
    }
  }
  const parameters = [Body(), Headers("idempotency-key"), Headers("x-crash")];
  for (const [index, decorate] of parameters.entries()) decorate(Orders.prototype, "place", index);
  const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, "place") as PropertyDescriptor;
  for (const decorate of [HttpCode(200), Post()]) decorate(Orders.prototype, "place", descriptor);
  Object.defineProperty(Orders.prototype, "place", descriptor);
  Controller("orders")(Orders);

  class Application {}
  Module({ imports: [MdbModule.forRoot({ databases })], controllers: [Orders] })(Application);
  const app = await NestFactory.create(Application, new FastifyAdapter(), { logger: false });
  await app.listen(0, "127.0.0.1");
  return { url: await app.getUrl(), close: () => app.close() };
}
