import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";

// A service in a process of its own, which may be killed.
const [framework, connectionString = "", table = "", timeoutMs] = process.argv.slice(2);
const databases = new DatabaseManager({ orders: postgres({ connectionString }) });
const facts = { table, timeoutMs: Number(timeoutMs) };
const { url } =
  framework === "nestjs"
    ? await (await import("./nest-service.ts")).startNest(databases, facts)
    : await (await import("./fastify-service.ts")).startFastify(databases, facts);
process.stdout.write(`${url}\n`);
