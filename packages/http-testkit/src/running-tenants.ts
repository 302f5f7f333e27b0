import type { DatabaseManager } from "@nsj/mdb-core";
import type { Tenants } from "@nsj/mdb-tenants";
import type { Service } from "./service.ts";
import type { TenantPlaces } from "./tenant-places.ts";

/** A service for tenants that is running. */
export interface RunningTenants {
  readonly service: Service;
  readonly databases: DatabaseManager;
  readonly shops: Tenants;
  readonly places: TenantPlaces;
  /** What was handed to `onError`. */
  readonly seen: readonly string[];
}
