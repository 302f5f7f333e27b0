import { ConfigurationError, DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { dial, type Hello } from "./dial.ts";
import { connectRefused } from "./faults.ts";
import { Link } from "./link.ts";
import { type NativeConnection, nativeConnection } from "./native.ts";
import type { Endpoint, Flavor, Settings } from "./settings.ts";
import { encryptAs } from "./tls.ts";

/** What the two sides agree on, beside mysql2's own. */
const flags = Object.freeze([
  // Output parameters of procedures come as rows.
  "PS_MULTI_RESULTS",
  // A server that asks for files of this machine gets none.
  "-LOCAL_FILES",
  // It would make the names of functions reserved words.
  "-IGNORE_SPACE",
  "-ODBC",
  "-CLIENT_QUERY_ATTRIBUTES",
]);

/**
 * Opens one connection: network, TLS, login. Settles by the deadline; on failure no socket is left.
 *
 * @param at - where to, if it has to be the very server behind the name; it still has to answer to that
 */
export async function logIn(settings: Settings, context: Bounds, at: Endpoint = settings.endpoint): Promise<Link> {
  const { endpoint, encryption, user, database, connectAttributes, flavor } = settings;
  const host = "host" in endpoint ? endpoint.host : "localhost";
  if (context.signal?.aborted === true) throw DriverFault.connectAborted(context.signal.reason);
  const password = await bounded(settings.password(), context);
  const { socket, hello } = await dial(at, settings.keepAlive, context);
  try {
    if (hello !== undefined) checkFlavor(flavor, hello);
    const encrypts = encrypted(settings, hello);
    const native = nativeConnection({
      stream: () => socket,
      host,
      ...("path" in endpoint && { socketPath: endpoint.path }),
      user,
      password,
      database,
      ...(encrypts && { ssl: {} }),
      charset: "utf8mb4_general_ci",
      connectTimeout: 0,
      flags,
      ...(connectAttributes !== undefined && { connectAttributes }),
    });
    encryptAs(native, host, encryption.options);
    socket.resume();
    await bounded(connected(native), context, () => socket.destroy());
    return new Link(native, socket, context.clock);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** @throws ConfigurationError where the server is of the other family: its SQL is another one, and statements were made for the wrong one */
function checkFlavor(flavor: Flavor, { version }: Hello): void {
  const found = /mariadb/i.test(version) ? "mariadb" : "mysql";
  if (found === flavor) return;
  const names = { mysql: "MySQL", mariadb: "MariaDB" };
  throw new ConfigurationError(
    `${flavor}: the server is ${names[found]} (${version.slice(0, 60)}), not ${names[flavor]}; describe this database by ${found}(...) in place of ${flavor}(...)`,
    { key: "host" },
  );
}

function encrypted({ endpoint, encryption }: Settings, hello: Hello | undefined): boolean {
  if ("path" in endpoint || encryption.mode === "off" || hello === undefined) return false;
  if (hello.hasTls) return true;
  if (encryption.mode === "preferred") return false;
  throw connectRefused("the server has no TLS; sslMode or ssl asks for it");
}

function connected(native: NativeConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    // It stays: an error that comes when nobody waits any more must not end the process.
    native.on("error", reject);
    native.on("connect", () => resolve());
    native.on("end", () => reject(connectRefused("the server closed the connection before the login")));
  });
}

/** Waits within the bounds. @param giveUp - frees what is being waited for */
async function bounded<T>(work: T | Promise<T>, context: Bounds, giveUp?: () => void): Promise<T> {
  let stop: (() => void) | undefined;
  const expired = new Promise<never>((_, reject) => {
    stop = watchExpiry(context.clock, context, (expiry) => {
      giveUp?.();
      reject(expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason));
    });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    stop?.();
  }
}
