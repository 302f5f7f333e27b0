export type { CheckOptions, CheckReport } from "./check.ts";
export { tenantErrorCodes } from "./codes.ts";
export type { KeyWrap } from "./data-keys.ts";
export type { EachOptions, EachReport, EachWork } from "./each.ts";
export {
  NoTenantError,
  SecretError,
  TenantError,
  type TenantErrorOptions,
  TenantMismatchError,
  TenantResolveError,
  TenantUnavailableError,
  UnknownTenantError,
} from "./errors.ts";
export type { TenantEvent } from "./events.ts";
export type { PerTenant, Resolve, ResolveContext, TenantsOptions } from "./options.ts";
export type { OwnPlace, Place, PlaceFacts, SharedPlace, TenantLimits, UnavailablePlace } from "./place.ts";
export { type SealedSecrets, type SealedSecretsOptions, type SecretOwner, sealedSecrets } from "./secrets.ts";
export type { TenantStats, TenantsStats } from "./stats.ts";
export { TenantDatabase } from "./tenant-database.ts";
export { type TenantTableOptions, tenantTable } from "./tenant-table.ts";
export { Tenants, tenants } from "./tenants.ts";
export type { WarmReport } from "./warm.ts";
