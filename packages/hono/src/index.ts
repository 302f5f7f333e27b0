export { type OnError, type ShutDownOptions, shutDown } from "@nsj/mdb-http";
export { mdbErrorResponse } from "./errors.ts";
export { mdbHealth } from "./health.ts";
export { type MdbVariables, mdbHono } from "./middleware.ts";
