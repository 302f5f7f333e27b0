import { app } from "./app.ts";
import { databases } from "./databases.ts";

const server = Bun.serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 0), hostname: "127.0.0.1" });
console.log(server.url.href.replace(/\/$/, ""));
process.on("SIGTERM", async () => {
  await server.stop(); // answers what was accepted
  await databases.close({ timeoutMs: 10_000 });
});
