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
export { mdbErrorResponse } from "./errors.ts";
export { mdbHealth } from "./health.ts";
export { type MdbVariables, mdbHono } from "./middleware.ts";
export { mdbTenant } from "./tenant.ts";
