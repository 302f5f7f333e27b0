import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { type ConnectionOptions, rootCertificates } from "node:tls";
import { ConfigurationError } from "@nsj/mdb-core";
import type { PostgresOptions, SslMode } from "./options.ts";

/** How the socket is encrypted. */
export interface Encryption {
  /** `prefer`: goes on in plain text when the server has no TLS. */
  readonly mode: "off" | "prefer" | "on";
  /** `direct`: without asking first (PostgreSQL 17 and newer). */
  readonly negotiation: "postgres" | "direct";
  /** Reads the certificates. Called for each connection, so that renewed files are taken up. */
  readonly load: () => Promise<ConnectionOptions>;
}

/** No encryption. */
export const plaintext: Encryption = Object.freeze({ mode: "off", negotiation: "postgres", load: async () => ({}) });

/**
 * The encryptions to try in turn, with libpq's meaning of `sslmode`. The next one is tried only when the server refuses the login
 * because of the encryption, not because of the password.
 *
 * | mode | tries | checks the certificate |
 * | --- | --- | --- |
 * | `disable` | plain | |
 * | `allow` | plain, then TLS | no |
 * | `prefer` | TLS, then plain | no |
 * | `require` | TLS | only where `sslrootcert` is given |
 * | `verify-ca` | TLS | its chain |
 * | `verify-full` | TLS | its chain and the host's name |
 *
 * Where `sslrootcert` is given and no mode, it is `verify-full`: for `system` by libpq's rule, and for a file because who names the certificates to trust
 * wants them checked. With `prefer` and what is weaker, libpq would go on without looking at them; that is refused.
 *
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION
 */
export function encryptionsFor(options: PostgresOptions, environmentsMode: SslMode | undefined): readonly Encryption[] {
  const mode = sslModeOf(options, environmentsMode);
  if (mode === "disable") return [plaintext];
  const negotiation = options.sslnegotiation ?? "postgres";
  const load = (): Promise<ConnectionOptions> => loadTls(options, mode);
  if (mode === "allow") return [plaintext, { mode: "on", negotiation, load }];
  if (mode === "prefer") return [{ mode: "prefer", negotiation, load }, plaintext];
  return [{ mode: "on", negotiation, load }];
}

function sslModeOf(options: PostgresOptions, environmentsMode: SslMode | undefined): SslMode {
  const { ssl, sslmode, sslnegotiation, sslrootcert } = options;
  if (typeof ssl === "boolean" && sslmode !== undefined) {
    throw new ConfigurationError('postgres: "ssl" and "sslmode" say the same thing; give one of them', { key: "ssl" });
  }
  if (typeof ssl === "object" && (sslmode === "disable" || sslmode === "allow" || sslmode === "prefer")) {
    throw new ConfigurationError(`postgres: "ssl" has TLS options, but "sslmode" is "${sslmode}"`, { key: "sslmode" });
  }
  const defaultMode = sslrootcert === undefined ? "prefer" : "verify-full";
  const mode =
    ssl === false ? "disable" : (sslmode ?? (ssl === undefined ? (environmentsMode ?? defaultMode) : "verify-full"));
  checkRootCertificate(sslrootcert, mode);
  if (sslnegotiation === "direct" && (mode === "disable" || mode === "allow" || mode === "prefer")) {
    throw new ConfigurationError(
      'postgres: "sslnegotiation" can be "direct" only with "sslmode" "require" or stronger',
      {
        key: "sslnegotiation",
      },
    );
  }
  return mode;
}

/** @throws ConfigurationError where the certificates to trust would not be used */
function checkRootCertificate(sslrootcert: string | undefined, mode: SslMode): void {
  if (sslrootcert === undefined) return;
  if (sslrootcert === "system" && mode !== "verify-full") {
    const message = `postgres: "sslrootcert" is "system", which goes with "sslmode" "verify-full" only, not with "${mode}"`;
    throw new ConfigurationError(`${message}: anybody can have a certificate of some public authority`, {
      key: "sslmode",
    });
  }
  if (mode === "disable" || mode === "allow" || mode === "prefer") {
    const message = `postgres: "sslrootcert" names certificates to trust, but "sslmode" "${mode}" goes on without checking them`;
    throw new ConfigurationError(`${message}; say "verify-full"`, { key: "sslmode" });
  }
}

async function loadTls(options: PostgresOptions, mode: SslMode): Promise<ConnectionOptions> {
  const { sslrootcert, sslcert, sslkey, sslcrl, sslpassword, ssl } = options;
  const root = sslrootcert === undefined || sslrootcert === "system" ? undefined : await readFile(sslrootcert);
  const [cert, key, crl] = await Promise.all([sslcert, sslkey, sslcrl].map((path) => path && readFile(path)));
  const checksChain = mode === "verify-ca" || mode === "verify-full" || sslrootcert !== undefined;
  return {
    minVersion: "TLSv1.2",
    rejectUnauthorized: checksChain,
    ...(root !== undefined && { ca: root }),
    ...(sslrootcert === "system" && { ca: [...rootCertificates] }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(crl && { crl }),
    ...(sslpassword !== undefined && { passphrase: sslpassword }),
    ...(mode !== "verify-full" && { checkServerIdentity: () => undefined }),
    ...(typeof ssl === "object" && ssl),
  };
}

/** The same encryption for another socket to a server that is reached by its address now, but must still answer to its name. */
export function pinned({ negotiation, load }: Encryption, host: string): Encryption {
  const name = isIP(host) === 0 ? { host, servername: host } : { host };
  return { mode: "on", negotiation, load: async () => ({ ...name, ...(await load()) }) };
}
