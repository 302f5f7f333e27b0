import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline, Readable } from "node:stream";
import type { DatabaseManager } from "@nsj/mdb-core";
import { mdbErrors, mdbExpress, mdbHealth, mdbTenant, shutDown } from "@nsj/mdb-express";
import {
  type HandlerRequest,
  runHandler,
  type Service,
  streamHandler,
  type TenantServiceOptions,
  tenantFrom,
} from "@nsj/mdb-http-testkit";
import express, { type Request } from "express";

/** The suite's service for tenants. */
export async function startTenantService(
  databases: DatabaseManager,
  { tenants, way, ...options }: TenantServiceOptions,
): Promise<Service> {
  const app = express();
  app.set("env", "test");
  app.set("trust proxy", way === "host behind a proxy");
  app.use(mdbExpress(databases));
  app.get("/health", mdbHealth(databases));
  const tenant = express.Router({ mergeParams: true });
  tenant.get("/run/:name/:user", async (request, response) => {
    response.json(await runHandler(request.params.name, handlerRequest(request)));
  });
  tenant.get("/stream/:name/:user", (request, response) => {
    pipeline(Readable.from(streamHandler(request.params.name, handlerRequest(request))), response, () => {});
  });
  tenant.post("/post/:name/:user", express.json(), async (request, response) => {
    response.json(await runHandler(request.params.name, { ...handlerRequest(request), body: request.body }));
  });
  const from = tenantFrom<Request>(way, (request, name) => request.headers[name]);
  app.use("/t/:tenant", mdbTenant({ tenants, from }), tenant);
  app.use(mdbErrors({}, options));

  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => shutDown(server, databases) };
}

function handlerRequest(request: Request<{ user: string }>): HandlerRequest {
  return {
    databases: request.databases,
    session: (label) => request.databaseSession(label),
    clientGone: request.clientGone,
    user: Number(request.params.user),
  };
}
