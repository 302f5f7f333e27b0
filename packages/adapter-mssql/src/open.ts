import { type Clock, DriverFault, type Expiry, type OperationContext, watchExpiry } from "@nsj/mdb-core";
import { noteFacts } from "./errors.ts";
import { readExactly } from "./exact-reader.ts";
import { type NativeConnection, NativePool } from "./native.ts";
import { checkAuthentication } from "./options.ts";
import { SessionChanges } from "./session-changes.ts";
import type { Settings } from "./settings.ts";

/** A connection that is logged in, and what mssql keeps of its configuration. */
export interface Opened {
  readonly native: NativeConnection;
  /** The connection's part of what mssql's classes ask of a pool. */
  readonly pool: NativePool;
  readonly changes: SessionChanges;
}

/**
 * Opens one connection by mssql's own configuration: network, TLS, login, session settings. Settles by the deadline and leaves no socket
 * behind when it fails.
 */
export async function openConnection(settings: Settings, clock: Clock, context: OperationContext): Promise<Opened> {
  const numbers: number[] = [];
  let native: NativeConnection | undefined;
  let changes: SessionChanges | undefined;
  let expired: Expiry | undefined;
  let giveUp: (reason: Error) => void = () => {};
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  givenUp.catch(() => {});
  const stop = watchExpiry(clock, context, (why) => {
    expired = why;
    native?.close();
    giveUp(new Error("too late"));
  });
  try {
    // A function that gives the secret may never come back.
    const config = await Promise.race([completeConfig(settings), givenUp]);
    if (expired !== undefined) throw new Error("too late");
    const pool = new NativePool({
      ...config,
      beforeConnect(connection: NativeConnection) {
        native = connection;
        changes = new SessionChanges(connection);
        // The driver's error of a refused login lacks the number.
        connection.on("errorMessage", ({ number }) => numbers.push(number));
        readExactly(connection.config.options);
        countRows(connection);
      },
    });
    // Errors of an established connection are heard on the connection itself.
    pool.on("error", () => {});
    const opened = await pool._poolCreate();
    if (expired !== undefined || changes === undefined) throw new Error("too late");
    changes.dirty = false;
    return { native: opened, pool, changes };
  } catch (error) {
    native?.close();
    if (expired === "deadline") throw DriverFault.connectTimeout();
    if (expired === "aborted") throw DriverFault.connectAborted(context.signal?.reason);
    noteFacts(error, { loginNumbers: numbers });
    throw error;
  } finally {
    stop();
  }
}

/**
 * Sets a fresh or a reset session to tell how many rows were changed, also where the server's `user options` say that it does not by default.
 * https://learn.microsoft.com/sql/database-engine/configure-windows/configure-the-user-options-server-configuration-option
 */
function countRows(connection: NativeConnection): void {
  const original = connection.getInitialSql.bind(connection);
  connection.getInitialSql = () => `${original()}\nset nocount off`;
}

/** What is new for each connect: secrets that rotate. */
async function completeConfig(settings: Settings): Promise<object> {
  const { password, authentication, config } = settings;
  const secret = await password();
  const proof = typeof authentication === "function" ? await authentication() : authentication;
  if (proof !== undefined) checkAuthentication(proof);
  return {
    ...config,
    ...(secret !== undefined && { password: secret }),
    ...(proof !== undefined && {
      authentication: { type: proof.type, ...(proof.options && { options: proof.options }) },
    }),
    // The driver writes into its configuration.
    options: { ...config.options },
    validateConnection: false,
  };
}
