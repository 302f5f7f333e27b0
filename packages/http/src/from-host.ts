import { ConfigurationError } from "@nsj/mdb-core";
import { MissingTenantError } from "./tenant-errors.ts";
import type { TenantSource } from "./tenant-source.ts";

/** A name or an address in brackets, and perhaps a port. */
const hostAndPort = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]*)?$/i;
const patternLabel = /^(?:\*|[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)$/;

/**
 * The tenant is a part of the host: `fromHost("*.example.org")` takes `acme` from `acme.example.org:8443`. Compared in lower case, so that ids
 * of tenants with hosts are in lower case; the port and one dot at the end are not looked at. A host that does not fit the pattern, an
 * address among them, names no tenant. More than one Host header, or one that is no host, cannot be read.
 *
 * The host is the framework's own: behind a proxy it is that of `X-Forwarded-Host` where the framework was told to trust the proxy.
 *
 * @param pattern - a domain with `*` for exactly one of its labels
 * @throws ConfigurationError for a pattern without, or with a port
 */
export function fromHost(pattern: string): TenantSource {
  const labels = String(pattern).toLowerCase().split(".");
  const at = labels.indexOf("*");
  const isGood = labels.length > 1 && at >= 0 && at === labels.lastIndexOf("*") && labels.every(isPatternLabel);
  if (!isGood) {
    throw new ConfigurationError(
      'fromHost: the pattern must be a domain with "*" for one of its labels, "*.example.org"',
    );
  }
  return {
    name: "the host",
    read(facts) {
      if (facts.header("host").length > 1) throw new MissingTenantError("the request has more than one Host header");
      if (facts.host === undefined || facts.host === "") return undefined;
      const host = hostAndPort.exec(facts.host)?.[1];
      if (host === undefined) throw new MissingTenantError("the request has a Host header that is no host");
      const found = host.toLowerCase().replace(/\.$/, "").split(".");
      const fits =
        found.length === labels.length && labels.every((label, index) => index === at || label === found[index]);
      return fits ? found[at] : undefined;
    },
  };
}

function isPatternLabel(label: string): boolean {
  return patternLabel.test(label);
}
