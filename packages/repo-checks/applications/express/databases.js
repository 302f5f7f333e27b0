const { postgres } = require("@nsj/mdb-adapter-postgres");
const { sqlite } = require("@nsj/mdb-adapter-sqlite");
const { DatabaseManager } = require("@nsj/mdb-core");

exports.databases = new DatabaseManager({
  orders: postgres({ connectionString: process.env.ORDERS_URL ?? "postgresql://localhost/orders" }),
  audit: sqlite({ filename: "audit.db" }),
});
