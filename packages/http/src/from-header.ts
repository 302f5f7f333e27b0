import { ConfigurationError } from "@nsj/mdb-core";
import { MissingTenantError } from "./tenant-errors.ts";
import type { TenantSource } from "./tenant-source.ts";

const token = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * The tenant is in a header. **Anybody can send one**: only for services that none but a trusted gateway reaches, one that sets this header anew
 * for each request. That is what `{ trusted: true }` says, and there is no default. An empty header names no tenant; one with several values, in one
 * line or many, cannot be read.
 * @throws ConfigurationError without `trusted`, and for a name that is none
 */
export function fromHeader(header: string, options: { readonly trusted: true }): TenantSource {
  const name = String(header).toLowerCase();
  if (!token.test(name)) throw new ConfigurationError('fromHeader: give the name of a header, "x-tenant"');
  if ((options as { readonly trusted?: unknown } | undefined)?.trusted !== true) {
    throw new ConfigurationError(
      `fromHeader: anybody can send "${name}"; say { trusted: true } where none but a gateway that sets it reaches this service`,
    );
  }
  return {
    name: `the header "${name}"`,
    read(facts) {
      const values = facts.header(name).flatMap((value) => value.split(","));
      if (values.length > 1) throw new MissingTenantError(`the header "${name}" has more than one value`);
      return values[0]?.trim();
    },
  };
}
