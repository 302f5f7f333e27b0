import { build } from "./app.js";

const app = await build();
console.log(await app.listen({ port: Number(process.env["PORT"] ?? 0), host: "127.0.0.1" }));
process.on("SIGTERM", () => void app.close());
