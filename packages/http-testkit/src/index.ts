export type { HandlerRequest } from "./handler-request.ts";
export { runHandler, streamHandler } from "./handlers.ts";
export { httpSuite } from "./http-suite.ts";
export type { Service, ServiceOptions, StartService } from "./service.ts";
export { serveUntilTerminated } from "./service-process.ts";
export { shutdownSuite } from "./shutdown-suite.ts";
export { type StartTenantService, type TenantServiceOptions, type TenantWay, tenantFrom } from "./tenant-service.ts";
export { tenantSuite } from "./tenant-suite.ts";
