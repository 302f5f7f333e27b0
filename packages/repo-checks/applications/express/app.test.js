const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { MdbError, UniqueViolationError } = require("@nsj/mdb-core");
const { shutDown } = require("@nsj/mdb-express");
const { app } = require("./app.js");
const { databases } = require("./databases.js");
const { createTables, orders } = require("./orders.js");

let server;
let url;
before(async () => {
  await createTables();
  server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  url = `http://127.0.0.1:${server.address().port}`;
});
after(() => shutDown(server, databases));

const post = (body) =>
  fetch(`${url}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const get = async (path) => (await fetch(url + path)).json();

test("an order is placed, read, and told after its commit", async () => {
  const placed = await (await post({ item: "tea", total: "4.20" })).json();
  assert.deepEqual(placed, { id: 1, item: "tea", total: "4.20" });
  assert.deepEqual(await get("/orders/1"), placed);
  assert.deepEqual(await get("/events"), [{ what: "tea" }]);
  assert.equal((await fetch(`${url}/orders/17`)).status, 410);
  assert.equal((await get("/health")).status, "up");
});

test("an error has its class, and leaves nothing behind", async () => {
  await assert.rejects(orders.place("tea", "1"), (it) => it instanceof UniqueViolationError && it instanceof MdbError);
  const twice = await post({ item: "tea", total: "1" });
  assert.deepEqual([twice.status, (await twice.json()).code], [409, "MDB_UNIQUE_VIOLATION"]);
  assert.equal((await post({ item: "coffee", total: "1" })).status, 422);
  assert.equal(await databases.database("orders").queryScalar("select n from stock where item = 'tea'"), 1);
});

test("what a request did not commit is undone", async () => {
  assert.deepEqual(await (await fetch(`${url}/orders/1`, { method: "DELETE" })).json(), { item: "tea" });
  assert.equal(await orders.count(), 1);
});
