import { ConfigurationError } from "@nsj/mdb-core";
import { MissingTenantError } from "./tenant-errors.ts";
import type { TenantSource } from "./tenant-source.ts";

/**
 * The tenant is a parameter of the route: `fromPath("tenant")` for `/shops/:tenant/orders`. The framework has decoded it; what it decodes to is
 * compared as it is. A parameter that takes several segments cannot be read.
 * @throws ConfigurationError for a name that is none
 */
export function fromPath(parameter: string): TenantSource {
  if (typeof parameter !== "string" || parameter === "" || /[/:*]/.test(parameter)) {
    throw new ConfigurationError('fromPath: give the name of a parameter of the route, "tenant" for "/shops/:tenant"');
  }
  return {
    name: `the parameter "${parameter}" of the path`,
    read(facts) {
      const value = facts.param(parameter);
      if (value === undefined || typeof value === "string") return value;
      throw new MissingTenantError(`the parameter "${parameter}" of the path is more than one segment`);
    },
  };
}
