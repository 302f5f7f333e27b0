export {
  fromClaim,
  fromHeader,
  fromHost,
  fromPath,
  type OnError,
  type ShutDownOptions,
  shutDown,
  type TenantOptions,
} from "@nsj/mdb-http";
export { type ErrorMiddleware, mdbErrors } from "./errors.ts";
export { mdbHealth } from "./health.ts";
export { type MdbRequest, type Middleware, mdbExpress } from "./middleware.ts";
export { mdbTenant } from "./tenant.ts";
