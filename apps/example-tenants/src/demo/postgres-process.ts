import { once } from "node:events";
import { startPostgres } from "@nsj/mdb-wire-servers";

// A program of its own: a PostgreSQL that lives until its standard input ends, and so never longer than whoever started it.
// Tests need not keep what they write; what is here to be copied does.
const server = await startPostgres(["fsync=on"]);
process.stdout.write(`${server.url}\n`);
await once(process.stdin.resume(), "end");
await server.stop();
