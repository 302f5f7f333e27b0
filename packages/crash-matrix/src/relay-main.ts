import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import { type Handler, inbox, outbox, toDatabase } from "@nsj/mdb-outbox";

// A process with one relay, until it is killed.
const [connectionString = "", table = "", remembers] = process.argv.slice(2);
const pool = { max: 6 };
const databases = new DatabaseManager({
  from: postgres({ connectionString, pool }),
  to: postgres({ connectionString, pool }),
});
const to = databases.database("to");
const text = `insert into ${table}_did (message_key, n) values (:key, :n)`;
const once = toDatabase(to, (tx, { key, body }) => tx.execute(text, { key, n: body as number }), {
  inbox: inbox(to, { table: `${table}_in` }),
});
const everyTime: Handler = ({ key, body }) => to.execute(text, { key, n: body as number });

const options = { idleMs: 50, leaseMs: 1_000, batchSize: 7 };
const did = remembers === "remembers" ? once : everyTime;
const running = outbox(databases.database("from"), { table }).relay({ did }, options).start();
while (running.lanes === 0) await new Promise((resolve) => setTimeout(resolve, 10));
process.stdout.write("running\n");
