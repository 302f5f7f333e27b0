import { Inject } from "@nestjs/common";
import type { RegisteredLabel } from "@nsj/mdb-core";

/** The injection token of the application's `DatabaseManager`; the class itself is one too. */
export const databasesToken: unique symbol = Symbol.for("@nsj/mdb-nestjs/databases");

/** The injection token of the module's options. */
export const optionsToken: unique symbol = Symbol.for("@nsj/mdb-nestjs/options");

/** The injection token of the options of the module of tenants. */
export const tenantOptionsToken: unique symbol = Symbol.for("@nsj/mdb-nestjs/tenant-options");

/** Marks what is for no tenant. */
export const withoutTenantKey = "@nsj/mdb-nestjs/without-tenant";

/** The injection token of the database of a label; for `inject` of a factory. */
export function databaseToken(label: RegisteredLabel): string {
  return `MdbDatabase(${label})`;
}

/** Injects the database of a label: `constructor(@InjectDatabase("orders") private readonly orders: Database) {}`. */
export function InjectDatabase(label: RegisteredLabel): PropertyDecorator & ParameterDecorator {
  return Inject(databaseToken(label));
}
