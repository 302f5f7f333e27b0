export { fromClaim, fromHeader, fromHost, fromPath, type TenantOptions } from "@nsj/mdb-http";
export { MdbExceptionFilter } from "./exception-filter.ts";
export { MdbHealthIndicator, type MdbHealthIndicatorResult } from "./health-indicator.ts";
export { type DaoClass, MdbModule } from "./module.ts";
export type { MdbModuleAsyncOptions, MdbModuleOptions } from "./options.ts";
export { DatabaseSession, DatabaseSessions } from "./sessions.ts";
export { MdbTenantModule, type MdbTenantModuleAsyncOptions, Tenant, WithoutTenant } from "./tenant-module.ts";
export { databasesToken, databaseToken, InjectDatabase } from "./tokens.ts";
export { Transactional, type TransactionalDecorator } from "./transactional.ts";
