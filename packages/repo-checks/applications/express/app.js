const { CheckViolationError, sql } = require("@nsj/mdb-core");
const { mdbErrors, mdbExpress, mdbHealth } = require("@nsj/mdb-express");
const express = require("express");
const { databases } = require("./databases.js");
const { orders } = require("./orders.js");

const app = express();
app.use(express.json(), mdbExpress(databases));
app.get("/health", mdbHealth(databases));

app.post("/orders", async (request, response) => {
  try {
    response.json(await orders.place(request.body.item, request.body.total));
  } catch (error) {
    if (!(error instanceof CheckViolationError)) throw error;
    response.status(422).json({ soldOut: request.body.item });
  }
});

app.get("/orders/:id", async (request, response) => {
  response.json(await databases.database("orders").queryOne(sql`select * from orders where id = ${request.params.id}`));
});

app.delete("/orders/:id", async (request, response) => {
  const session = await request.databaseSession("orders");
  response.json(await session.queryOne(sql`delete from orders where id = ${request.params.id} returning item`));
});

app.get("/slow", async (request, response) => {
  const slow = sql`select 1 as n, pg_advisory_xact_lock_shared(17)::text`;
  response.json(await databases.database("orders").queryOne(slow, { signal: request.clientGone }));
});

app.get("/events", async (_request, response) => {
  response.json(await databases.database("audit").query("select what from events"));
});

app.use(mdbErrors({ MDB_NO_ROWS: 410 }));
exports.app = app;
