import type { Entered, Entering, Health, Router } from "@nsj/mdb-core";
import { NoTenantError, TenantMismatchError } from "./errors.ts";
import type { Fleet } from "./fleet.ts";
import { healthOfOpen } from "./health-of-open.ts";
import type { TenantScope } from "./scope.ts";

/** Where calls on the label's database go: to the tenant of the calling code, or, for the database of one tenant, always to that. */
export class TenantRouter implements Router {
  readonly #fleet: Fleet;
  readonly #scope: TenantScope;
  readonly #bound: string | undefined;

  /** @param bound - the one tenant; absent for the ambient one */
  constructor(fleet: Fleet, scope: TenantScope, bound?: string) {
    this.#fleet = fleet;
    this.#scope = scope;
    this.#bound = bound;
  }

  get closed(): boolean {
    return this.#fleet.closed;
  }

  key(): string {
    const { current } = this.#scope;
    const bound = this.#bound;
    const { label: database } = this.#fleet;
    if (bound === undefined && current === undefined) {
      const message = `${database}: no tenant is known here; run this inside of run(id, work), or bind() what runs elsewhere`;
      throw new NoTenantError(message, { database });
    }
    if (bound !== undefined && current !== undefined && current !== bound) {
      const message = `${database}: the database of tenant "${bound}" was used in the scope of "${current}"`;
      throw new TenantMismatchError(message, { database, tenant: bound });
    }
    return (bound ?? current) as string;
  }

  enter(key: string): Entered | Entering {
    return this.#fleet.enter(key);
  }

  async connect(): Promise<void> {}

  evict(): void {
    for (const { id, current } of this.#fleet.tenants.values()) {
      if (this.#bound === undefined || this.#bound === id) current?.database.evictConnections();
    }
  }

  health(timeoutMs: number): Promise<Health> {
    return healthOfOpen(this.#fleet, timeoutMs, this.#bound);
  }

  close(options: { readonly timeoutMs?: number | undefined }): Promise<void> {
    return this.#fleet.close(options);
  }
}
