import { ConfigurationError, readServerUrl } from "@nsj/mdb-core";
import type { OracleOptions } from "./options.ts";

/** Parameters of Easy Connect Plus that a URL may carry; they are passed on. */
const easyConnectParameters = new Set([
  "connect_timeout",
  "expire_time",
  "https_proxy",
  "https_proxy_port",
  "pool_boundary",
  "pool_connection_class",
  "pool_purity",
  "retry_count",
  "retry_delay",
  "sdu",
  "ssl_server_cert_dn",
  "ssl_server_dn_match",
  "transport_connect_timeout",
  "use_sni",
  "wallet_location",
]);

/**
 * Reads `oracle://user:password@host:1521/service`, also with `?service_name=`, `?sid=`, `?protocol=tcps`, `?server=pooled`, `?schema=` and the
 * parameters of Easy Connect Plus.
 * @throws ConfigurationError when it cannot be read; the message does not show it
 */
export function parseUrl(url: string): OracleOptions {
  const parsed = readServerUrl("oracle", url, "oracle://user:password@host:1521/service");
  const parameters = new Map(parsed.searchParams);
  const take = (name: string) => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value;
  };
  const protocol = take("protocol") ?? "tcp";
  const server = take("server");
  const sid = take("sid");
  const schema = take("schema");
  const configDir = take("config_dir");
  const service = take("service_name") ?? decodeURIComponent(parsed.pathname.replace(/^\//, ""));
  for (const name of ["encoding", "nencoding"]) {
    if (/^utf-?8$/i.test(parameters.get(name) ?? "")) parameters.delete(name);
  }
  for (const name of parameters.keys()) {
    if (!easyConnectParameters.has(name))
      throw new ConfigurationError(`oracle: the URL has an unknown parameter "${name}"`);
  }
  if (protocol !== "tcp" && protocol !== "tcps")
    throw new ConfigurationError('oracle: "protocol" in the URL must be tcp or tcps');
  if (parsed.hostname === "") throw new ConfigurationError("oracle: the URL names no host");
  const address = { protocol, host: parsed.hostname, port: parsed.port || "1521" };
  return {
    ...(parsed.username === "" ? {} : { user: decodeURIComponent(parsed.username) }),
    ...(parsed.password === "" ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(schema === undefined ? {} : { schema }),
    ...(configDir === undefined ? {} : { configDir }),
    connectString:
      sid === undefined
        ? easyConnect(address, service, server, parameters)
        : `(DESCRIPTION=(ADDRESS=(PROTOCOL=${protocol})(HOST=${address.host})(PORT=${address.port}))(CONNECT_DATA=(SID=${sid})))`,
  };
}

function easyConnect(
  { protocol, host, port }: { readonly protocol: string; readonly host: string; readonly port: string },
  service: string,
  server: string | undefined,
  parameters: ReadonlyMap<string, string>,
): string {
  if (service === "")
    throw new ConfigurationError("oracle: the URL names no service; write oracle://host:1521/service");
  const pooled = server === undefined ? "" : `:${server}`;
  const query = [...parameters].map(([name, value]) => `${name}=${value}`).join("&");
  return `${protocol}://${host}:${port}/${service}${pooled}${query === "" ? "" : `?${query}`}`;
}
