import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { type Dialled, dial, type Endpoint } from "./dial.ts";
import { noteFacts } from "./errors.ts";
import { connectRefused } from "./faults.ts";
import { asDialled, GuardedConnection } from "./guarded-connection.ts";
import { Link } from "./link.ts";
import { NativeClient, type NativeError } from "./native.ts";
import type { Settings } from "./settings.ts";
import { type Encryption, pinned, plaintext } from "./tls.ts";

/** A link that is logged in, and how it got there, for cancel requests. */
export interface LoggedIn {
  readonly link: Link;
  /** The very server behind the name: a second look-up could lead to another one. */
  readonly endpoint: Endpoint;
  readonly encryption: Encryption;
}

/**
 * Opens one link to one server: socket, TLS, login. Leaves no socket behind when it fails.
 * @throws the native error, marked as one of connecting, or a fault.
 */
export async function login(settings: Settings, endpoint: Endpoint, context: Bounds): Promise<LoggedIn> {
  const { encryptions } = settings;
  for (const [index, encryption] of encryptions.entries()) {
    try {
      return await attempt(settings, endpoint, encryption, context);
    } catch (error) {
      noteFacts(error, { connecting: true });
      const isLast = index === encryptions.length - 1;
      if (isLast || !refusesEncryption(error)) throw error;
    }
  }
  throw connectRefused("there is no way of encryption left to try");
}

/** invalid_authorization_specification: pg_hba.conf has no line for this user with, or without, TLS. A wrong password is 28P01. */
function refusesEncryption(error: unknown): boolean {
  return error instanceof Error && (error as NativeError).code === "28000";
}

async function attempt(
  settings: Settings,
  endpoint: Endpoint,
  encryption: Encryption,
  context: Bounds,
): Promise<LoggedIn> {
  const dialled = await dial(endpoint, encryption, context);
  const { socket } = dialled;
  let why: DriverFault | undefined;
  const password = async (): Promise<string | undefined> => {
    // A server that is given up already gets no password, and nobody is asked for one.
    if (why !== undefined) throw why;
    return settings.password();
  };
  const link = new Link(newClient({ ...settings, password }, endpoint, dialled), context.clock);
  const { client } = link;
  const give = (fault: DriverFault): void => {
    why ??= fault;
    socket.destroy();
  };
  const stop = watchExpiry(context.clock, context, (expiry) =>
    give(expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason)),
  );
  guardAuthentication(link, settings.channelBinding === "require", dialled.encrypted, give);
  try {
    await client.connect();
    if (why !== undefined) throw why;
  } catch (error) {
    const reason = why ?? (error instanceof DriverFault ? error : undefined);
    link.destroy(error);
    throw reason ?? error;
  } finally {
    stop();
  }
  return {
    link,
    endpoint: { host: socket.remoteAddress ?? endpoint.host, port: socket.remotePort ?? endpoint.port },
    encryption: dialled.encrypted ? pinned(encryption, endpoint.host) : plaintext,
  };
}

function newClient(settings: Settings, endpoint: Endpoint, { socket, encrypted }: Dialled): NativeClient {
  return new NativeClient({
    ...settings.startup,
    host: endpoint.host,
    port: endpoint.port,
    user: settings.user,
    database: settings.database,
    password: settings.password,
    connection: new GuardedConnection({
      stream: asDialled(socket),
      keepAlive: settings.keepAlive,
      keepAliveInitialDelayMillis: settings.keepAliveInitialDelayMillis,
    }),
    // The socket is encrypted by now, or is not to be. Both are said, because pg reads them from the environment otherwise.
    ssl: false,
    sslnegotiation: "postgres",
    pipeline: true,
    enableChannelBinding: encrypted && settings.channelBinding !== "disable",
  });
}

/**
 * Ends a login in which the server does not do its part: one that asks for less than the channel binding that is required, or that
 * begins a SCRAM exchange and then lets us in without its proof that it knows the password.
 */
function guardAuthentication(
  { client }: Link,
  bindingRequired: boolean,
  encrypted: boolean,
  give: (fault: DriverFault) => void,
): void {
  let proof: "none due" | "due" | "given" = "none due";
  const unbound = (): void => {
    if (bindingRequired) give(connectRefused("the server does not offer channel binding, and it is required"));
  };
  // These run before pg's own listeners, which it attaches in connect(): no password leaves.
  client.connection.on("authenticationCleartextPassword", unbound);
  client.connection.on("authenticationMD5Password", unbound);
  client.connection.on("authenticationSASL", ({ mechanisms }: { readonly mechanisms: readonly string[] }) => {
    proof = "due";
    if (!encrypted || !mechanisms.includes("SCRAM-SHA-256-PLUS")) unbound();
  });
  client.connection.on("authenticationSASLFinal", () => {
    proof = "given";
  });
  client.connection.on("authenticationOk", () => {
    if (proof === "due") give(connectRefused("the server ended the login without proving that it knows the password"));
    if (proof === "none due") unbound();
  });
}
