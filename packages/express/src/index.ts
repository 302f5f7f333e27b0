export { type OnError, type ShutDownOptions, shutDown } from "@nsj/mdb-http";
export { type ErrorMiddleware, mdbErrors } from "./errors.ts";
export { mdbHealth } from "./health.ts";
export { type MdbRequest, type Middleware, mdbExpress } from "./middleware.ts";
