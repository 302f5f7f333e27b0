import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { inbox, outbox, toDatabase } from "@nsj/mdb-outbox";

// A process with one relay, until it is killed.
const [connectionString = "", table = ""] = process.argv.slice(2);
const databases = new DatabaseManager({
  from: postgres({ connectionString }),
  to: postgres({ connectionString }),
});
const to = databases.database("to");
const handler = toDatabase(
  to,
  (tx, { key, body }) =>
    tx.execute(`insert into ${table}_did (message_key, n) values (:key, :n)`, { key, n: (body as { n: number }).n }),
  { inbox: inbox(to, { table: `${table}_in` }) },
);
const options = { idleMs: 50, leaseMs: 1_000, batchSize: 7 };
outbox(databases.database("from"), { table }).relay({ did: handler }, options).start();
process.stdout.write("running\n");
