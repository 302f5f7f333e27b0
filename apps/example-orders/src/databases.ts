import { postgres } from "@nsj/mdb-adapter-postgres";
import { sqlite } from "@nsj/mdb-adapter-sqlite";
import { DatabaseManager } from "@nsj/mdb-core";

/** Where the databases are. */
export interface Places {
  readonly ordersUrl: string;
  readonly auditFile: string;
}

/** The databases of the service by label. Nothing connects here: each connects at its first use. */
export function openDatabases({ ordersUrl, auditFile }: Places) {
  return new DatabaseManager(
    {
      orders: postgres({
        connectionString: ordersUrl,
        statementTimeoutMs: 5_000,
        pool: { max: 10, acquireTimeoutMs: 3_000 },
      }),
      audit: sqlite({ filename: auditFile, pool: { max: 4 } }),
    },
    // What a crash left undecided between the two is looked for from the start on.
    { recovery: { labels: ["orders", "audit"] } },
  );
}

/** The manager, whose type knows the labels. */
export type Databases = ReturnType<typeof openDatabases>;

// From here on `request.databaseSession("ordres")` does not compile either.
declare module "@nsj/mdb-core" {
  interface Register {
    databases: Databases;
  }
}
