import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isMdbError, UniqueViolationError } from "@nsj/mdb-core";
import type { FastifyInstance } from "fastify";
import { build } from "./app.js";
import { databases } from "./databases.js";
import { createTables, orders, place } from "./orders.js";

let app: FastifyInstance;
before(async () => {
  await createTables();
  app = await build();
});
after(() => app.close());

test("an order is placed, read, and told after its commit", async () => {
  const placed = await app.inject({ method: "POST", url: "/orders", payload: { item: "tea", total: "4.20" } });
  assert.deepEqual(placed.json(), { id: 1, item: "tea", total: "4.20" });
  assert.deepEqual((await app.inject("/orders/1")).json(), placed.json());
  assert.deepEqual((await app.inject("/events")).json(), [{ what: "tea" }]);
  assert.equal((await app.inject("/orders/17")).statusCode, 404);
});

test("an error has its class, and leaves nothing behind", async () => {
  await assert.rejects(place("tea", "1.00"), (error) => error instanceof UniqueViolationError && isMdbError(error));
  assert.equal(
    (await app.inject({ method: "POST", url: "/orders", payload: { item: "tea", total: "1" } })).statusCode,
    409,
  );
  const soldOut = await app.inject({ method: "POST", url: "/orders", payload: { item: "coffee", total: "1" } });
  assert.deepEqual([soldOut.statusCode, soldOut.json()], [422, { soldOut: "coffee" }]);
  assert.equal(await databases.database("orders").queryScalar<number>("select n from stock where item = 'tea'"), 1);
});

test("what a request did not commit is undone", async () => {
  assert.deepEqual((await app.inject({ method: "DELETE", url: "/orders/1" })).json(), {
    item: "TEA",
    committed: false,
  });
  assert.equal(await orders.count(), 1);
});
