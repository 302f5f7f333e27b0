export { type HandlerRequest, runHandler, streamHandler } from "./handlers.ts";
export { httpSuite } from "./http-suite.ts";
export type { Service, ServiceOptions, StartService } from "./service.ts";
export { serveUntilTerminated } from "./service-process.ts";
export { shutdownSuite } from "./shutdown-suite.ts";
