import { isIP } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import { tlsFailed } from "./faults.ts";
import type { NativeConnection } from "./native.ts";
import type { MysqlOptions } from "./options.ts";

/** How the socket is encrypted. */
export interface Encryption {
  /** `preferred`: goes on in plain text when the server has no TLS. */
  readonly mode: "off" | "preferred" | "on";
  readonly options: ConnectionOptions;
}

/**
 * MySQL's meaning of `--ssl-mode`; `ssl: true` is `verify_identity`.
 * @see https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_ssl-mode
 */
export function encryptionFor({ ssl, sslMode }: MysqlOptions): Encryption {
  const mode = ssl === false ? "disabled" : (sslMode ?? (ssl === undefined ? "preferred" : "verify_identity"));
  if (mode === "disabled") return { mode: "off", options: {} };
  const checksName = mode === "verify_identity";
  const options: ConnectionOptions = {
    minVersion: "TLSv1.2",
    rejectUnauthorized: checksName || mode === "verify_ca",
    ...(!checksName && { checkServerIdentity: () => undefined }),
    ...(typeof ssl === "object" && ssl),
  };
  return { mode: mode === "preferred" ? "preferred" : "on", options };
}

/**
 * Lets mysql2 encrypt as these options say: by itself it takes some of them only, and compares the certificate of an address with the name "localhost".
 */
export function encryptAs(native: NativeConnection, host: string, options: ConnectionOptions): void {
  native.startTLS = (onSecure) => {
    const plain = native.stream;
    plain.removeAllListeners("data");
    let isSecure = false;
    // RFC 6066: SNI carries names, never addresses.
    const name = isIP(host) === 0 ? { host, servername: host } : { host };
    const secure = connect({ ...name, ...options, socket: plain }, () => {
      isSecure = true;
      onSecure();
    });
    secure.on("error", (error) => {
      if (isSecure) native._handleNetworkError(error);
      else onSecure(tlsFailed(error));
    });
    secure.on("data", (bytes: Buffer) => native.packetParser.execute(bytes));
    native.stream = secure;
  };
}
