export {
  type ErrorBody,
  errorBody,
  fromClaim,
  fromHeader,
  fromHost,
  fromPath,
  type OnError,
  retryAfterSeconds,
  type StatusCodes,
  type TenantOptions,
} from "@nsj/mdb-http";
export type { MdbFastifyOptions } from "./options.ts";
export { mdbFastify } from "./plugin.ts";
export { type MdbTenantOptions, mdbTenant } from "./tenant.ts";
