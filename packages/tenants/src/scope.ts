import { AsyncLocalStorage } from "node:async_hooks";
import { TenantMismatchError } from "./errors.ts";

/** Somebody whose open transactions forbid a change of tenant. */
export interface ScopeUser {
  readonly label: string;
  /** The tenant whose transaction the calling code is inside of. */
  readonly runningTenant: string | undefined;
}

/** The ambient tenant of one kind of tenants. Labels that name the same scope share it. */
export class TenantScope {
  readonly #storage = new AsyncLocalStorage<string>();
  readonly users = new Set<ScopeUser>();

  /** The tenant of the calling code. */
  get current(): string | undefined {
    return this.#storage.getStore();
  }

  /**
   * Runs `work` in the scope of a tenant.
   * @throws TenantMismatchError inside of another one's, unless that is to be left, and inside of a transaction of another one always
   */
  run<R>(tenant: string, work: () => R, mayLeave: boolean): R {
    for (const { label, runningTenant } of this.users) {
      if (runningTenant === undefined || runningTenant === tenant) continue;
      throw new TenantMismatchError(
        `${label}: the scope of tenant "${tenant}" was asked for inside of a transaction of "${runningTenant}"; let that end first`,
        { database: label, tenant },
      );
    }
    const { current } = this;
    if (current === tenant) return work();
    if (current !== undefined && !mayLeave) {
      throw new TenantMismatchError(
        `the scope of tenant "${tenant}" was asked for inside that of "${current}"; pass { switch: true } where that is meant`,
        { tenant },
      );
    }
    return this.#storage.run(tenant, work);
  }

  /** A function that runs in the scope in which it was bound, wherever it is called. */
  bind<A extends unknown[], R>(work: (...parameters: A) => R): (...parameters: A) => R {
    const { current } = this;
    const storage = this.#storage;
    return function (this: unknown, ...parameters: A): R {
      const run = (): R => work.apply(this, parameters);
      return current === undefined ? storage.exit(run) : storage.run(current, run);
    };
  }
}

/** On `globalThis`, so that the ESM and the CommonJS copy of this package have the same tenant. */
const key: unique symbol = Symbol.for("@nsj/mdb/tenant-scopes/1") as never;

/** The scope of a name; one of its own where there is none. */
export function tenantScope(name: string | undefined): TenantScope {
  if (name === undefined) return new TenantScope();
  const registry = globalThis as { [key]?: Map<string, TenantScope> };
  registry[key] ??= new Map();
  let scope = registry[key].get(name);
  if (scope === undefined) {
    scope = new TenantScope();
    registry[key].set(name, scope);
  }
  return scope;
}
