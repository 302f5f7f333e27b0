import { isIPv6 } from "node:net";
import { ConfigurationError } from "../errors/index.ts";

/**
 * A host as sockets take it. An address of IPv6 may be written in brackets, as in a URL where a port may follow; a look-up would take them for part of a name.
 *
 * @param engine - what messages begin with
 * @param key - the option that holds it
 * @throws ConfigurationError where brackets stand around anything else, and for what is more than a host: a URL, whose password every message about the address
 *   would show, and a host with its port. It shows nothing of it
 */
export function bareHost(engine: string, host: string, key: string): string {
  const refused = (why: string) => new ConfigurationError(`${engine}: option "${key}" ${why}`, { key });
  if (/:\/\/|[@?#]/.test(host)) throw refused('is a URL and no host; give it as "connectionString"');
  if (/^[^:[\]]+:\d+$/.test(host)) throw refused('has a port in it; give that as "port"');
  if (!/[[\]]/.test(host)) return host;
  const address = /^\[([^[\]]*)\]$/.exec(host)?.[1] ?? "";
  if (isIPv6(address)) return address;
  throw refused("has brackets around what is no address of IPv6");
}
