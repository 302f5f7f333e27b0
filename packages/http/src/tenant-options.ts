import { ConfigurationError, checkOptions } from "@nsj/mdb-core";
import type { TenantFrom, TenantSource } from "./tenant-source.ts";

/** What opens scopes of tenants: the `Tenants` of `@nsj/mdb-tenants`, or anything else with such a method. */
export interface TenantRunner {
  /** Runs `work` in the scope of a tenant. */
  run<R>(tenant: string, work: () => R): R;
}

/** How the tenant of a request is found, and whose scope is opened. */
export interface TenantOptions<Request> {
  /** What opens the scope: the tenants of a label. */
  readonly tenants: TenantRunner;
  /**
   * Where the request says for which tenant it is. Of several, each that says something has to say the same, else it is a
   * `ContradictedTenantError`; one at least has to say something, else it is a `MissingTenantError`.
   */
  readonly from: TenantFrom<Request>;
}

/** Options that were checked. */
export interface CheckedTenantOptions<Request> {
  readonly tenants: TenantRunner;
  readonly sources: readonly TenantSource<Request>[];
}

/** @throws ConfigurationError naming the option that is wrong */
export function checkTenantOptions<Request>(options: TenantOptions<Request>): CheckedTenantOptions<Request> {
  checkOptions<TenantOptions<Request>>("mdbTenant", options, {
    tenants: { type: "object", required: true },
    // A list of them, too.
    from: { type: "any", required: true },
  });
  const { tenants, from } = options;
  if (typeof tenants.run !== "function") {
    throw new ConfigurationError('mdbTenant: option "tenants" must have a method run(id, work)', { key: "tenants" });
  }
  const given = Array.isArray(from) ? from : [from];
  const sources = given.map((it): TenantSource<Request> => {
    if (typeof it === "function") return { name: "the function", read: (_facts, request) => it(request) };
    if (typeof it?.read === "function") return it;
    const message =
      'mdbTenant: option "from" must be fromHost(), fromPath(), fromClaim(), fromHeader(), a function, or a list of these';
    throw new ConfigurationError(message, { key: "from" });
  });
  if (sources.length === 0) throw new ConfigurationError('mdbTenant: option "from" is an empty list', { key: "from" });
  return { tenants, sources };
}
