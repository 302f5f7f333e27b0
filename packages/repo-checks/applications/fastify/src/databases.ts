import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";

export const databases = new DatabaseManager({
  orders: postgres({ connectionString: process.env["ORDERS_URL"] ?? "postgresql://localhost/orders" }),
  audit: sqlite({ filename: "audit.db" }),
});

declare module "@nsj/mdb-core" {
  interface Register {
    databases: typeof databases;
  }
}
