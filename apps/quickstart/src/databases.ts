import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";
import type { Servers } from "./servers.ts";

/** The databases of the application by label. Nothing connects here: each connects at its first use. */
export function openDatabases({ ordersUrl, auditFile }: Servers) {
  return new DatabaseManager({
    orders: postgres({ connectionString: ordersUrl, pool: { max: 5 } }),
    audit: sqlite({ filename: auditFile }),
  });
}

/** The manager's type knows the labels: `databases.database("ordres")` does not compile. */
export type Databases = ReturnType<typeof openDatabases>;
