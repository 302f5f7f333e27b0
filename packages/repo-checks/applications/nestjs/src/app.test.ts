import type { INestApplication } from "@nestjs/common";
import { Test } from "@nestjs/testing";
import { isMdbError, UniqueViolationError } from "@nsj/mdb-core";
import { MdbHealthIndicator } from "@nsj/mdb-nestjs";
import { AppModule } from "./app.module";
import { OrderDao, OrderService } from "./orders.service";

let app: INestApplication;
let url: string;
beforeAll(async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = module.createNestApplication();
  await app.listen(0, "127.0.0.1");
  url = await app.getUrl();
  await app.get(OrderService).createTables();
});
afterAll(() => app.close());

const post = (body: object) =>
  fetch(`${url}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const get = async (path: string) => (await fetch(url + path)).json();

test("an order is placed and read", async () => {
  const placed = await (await post({ item: "tea", total: "4.20" })).json();
  expect(placed).toEqual({ id: 1, item: "tea", total: "4.20" });
  expect(await get("/orders/1")).toEqual(placed);
  expect(await get("/events")).toEqual([{ what: "tea" }]);
  expect((await app.get(MdbHealthIndicator).isHealthy("databases")).databases?.status).toBe("up");
});

test("an error has its class, and leaves nothing behind", async () => {
  const error = await app
    .get(OrderService)
    .place("tea", "1")
    .catch((it: unknown) => it);
  expect([error instanceof UniqueViolationError, isMdbError(error), error instanceof Error]).toEqual([
    true,
    true,
    true,
  ]);
  expect((await post({ item: "tea", total: "1" })).status).toBe(409);
  expect((await post({ item: "coffee", total: "1" })).status).toBe(422);
  expect(await app.get(OrderService).left("tea")).toBe(1);
});

test("what a request did not commit is undone", async () => {
  expect(await (await fetch(`${url}/orders/1`, { method: "DELETE" })).json()).toEqual({ item: "tea" });
  expect(await app.get(OrderDao).count()).toBe(1);
});
