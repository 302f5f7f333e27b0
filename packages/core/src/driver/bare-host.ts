import { isIPv6 } from "node:net";
import { ConfigurationError } from "../errors/index.ts";

/**
 * A host as sockets take it. An address of IPv6 may be written in brackets, as in a URL where a port may follow; a look-up would take them for part of a name.
 *
 * @param engine - what messages begin with
 * @param key - the option that holds it
 * @throws ConfigurationError where brackets stand around anything else
 */
export function bareHost(engine: string, host: string, key: string): string {
  if (!/[[\]]/.test(host)) return host;
  const address = /^\[([^[\]]*)\]$/.exec(host)?.[1] ?? "";
  if (isIPv6(address)) return address;
  throw new ConfigurationError(`${engine}: option "${key}" has brackets around what is no address of IPv6`, { key });
}
