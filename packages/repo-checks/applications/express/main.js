const { shutDown } = require("@nsj/mdb-express");
const { app } = require("./app.js");
const { databases } = require("./databases.js");

const server = app.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.on("SIGTERM", () => void shutDown(server, databases, { timeoutMs: 10_000 }));
