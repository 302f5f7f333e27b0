import { afterAll, beforeAll, expect, test } from "bun:test";
import { isMdbError, UniqueViolationError } from "@nsj/mdb-core";
import { app } from "./app.ts";
import { databases } from "./databases.ts";
import { createTables, orders, place } from "./orders.ts";

beforeAll(createTables);
afterAll(() => databases.close());

const post = (body: object) => app.request("/orders", { method: "POST", body: JSON.stringify(body) });
const get = async (path: string) => (await app.request(path)).json();

test("an order is placed, read, and told after its commit", async () => {
  const placed = await (await post({ item: "tea", total: "4.20" })).json();
  expect(placed).toEqual({ id: 1, item: "tea", total: "4.20" });
  expect(await get("/orders/1")).toEqual(placed);
  expect(await get("/events")).toEqual([{ what: "tea" }]);
  expect((await app.request("/orders/17")).status).toBe(404);
  expect((await get("/health")).status).toBe("up");
});

test("an error has its class, and leaves nothing behind", async () => {
  const error = await place("tea", "1").catch((it) => it);
  expect([error instanceof UniqueViolationError, isMdbError(error)]).toEqual([true, true]);
  expect((await post({ item: "tea", total: "1" })).status).toBe(409);
  expect((await post({ item: "coffee", total: "1" })).status).toBe(422);
  expect(await databases.database("orders").queryScalar<number>("select n from stock where item = 'tea'")).toBe(1);
});

test("what a request did not commit is undone", async () => {
  expect(await (await app.request("/orders/1", { method: "DELETE" })).json()).toEqual({ item: "tea" });
  expect(await orders.count()).toBe(1);
});
