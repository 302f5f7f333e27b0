import { connect, isIP, type NetConnectOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { connectRefused } from "./faults.ts";
import { type Encryption, plaintext } from "./tls.ts";

/** Where a server listens. */
export interface Endpoint {
  /** A name, an address, or the directory of a unix socket (which starts with `/`). */
  readonly host: string;
  readonly port: number;
}

/** A socket to the server, before the first message of the login. */
export interface Dialled {
  readonly socket: Socket;
  readonly encrypted: boolean;
}

/** `"db.example.org:5432"`, or the path of a unix socket. */
export function addressOf({ host, port }: Endpoint): string {
  if (isUnixSocket(host)) return `${host}/.s.PGSQL.${port}`;
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

export function isUnixSocket(host: string): boolean {
  return host.startsWith("/");
}

// SSLRequest: its length and the code 1234 5679. https://www.postgresql.org/docs/current/protocol-message-formats.html
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const yes = "S".charCodeAt(0);
const no = "N".charCodeAt(0);

/**
 * Opens a socket and, where wanted, encrypts it. Settles by the deadline; a socket that is not handed out is destroyed.
 * @throws the native error of socket or TLS, or a fault.
 */
export async function dial(endpoint: Endpoint, encryption: Encryption, context: Bounds): Promise<Dialled> {
  const { host, port } = endpoint;
  const unix = isUnixSocket(host);
  const wanted = unix ? "off" : encryption.mode;
  const tls = wanted === "off" ? {} : await encryption.load();
  const target: NetConnectOpts = unix
    ? { path: addressOf(endpoint) }
    : // Node gives each address of a name 250 ms only, which is less than one round trip to the other side of the world.
      { host, port, autoSelectFamilyAttemptTimeout: 2_000 };
  let current: Socket = connect(target);
  current.setNoDelay(true);
  // Whatever happens between two owners of the socket must not end the process.
  current.on("error", () => undefined);
  let why: Error | undefined;
  let shakingHands = false;
  const stop = watchExpiry(context.clock, context, (expiry) => {
    why = expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason);
    current.destroy();
  });
  try {
    await happens(current, "connect");
    if (wanted === "off") return { socket: current, encrypted: false };
    if (encryption.negotiation === "postgres" && !(await serverHasTls(current))) {
      if (wanted === "prefer") return { socket: current, encrypted: false };
      throw connectRefused("the server has no TLS; sslmode asks for it");
    }
    const plain = current;
    shakingHands = true;
    current = connectTls({ ...tlsFor(host, encryption, tls), socket: plain });
    current.on("error", () => undefined);
    current.once("close", () => plain.destroy());
    await happens(current, "secureConnect");
    return { socket: current, encrypted: true };
  } catch (error) {
    current.destroy();
    if (why === undefined && shakingHands && wanted === "prefer") return dial(endpoint, plaintext, context);
    throw why ?? error;
  } finally {
    stop();
  }
}

function tlsFor(host: string, { negotiation }: Encryption, options: ConnectionOptions): ConnectionOptions {
  return {
    host,
    // RFC 6066: SNI carries names, never addresses.
    ...(isIP(host) === 0 && { servername: host }),
    ...(negotiation === "direct" && { ALPNProtocols: ["postgresql"] }),
    ...options,
  };
}

async function serverHasTls(socket: Socket): Promise<boolean> {
  socket.write(sslRequest);
  const answer = (await happens(socket, "data")) as Buffer;
  // More than the one byte could only be plain text that somebody put in front of the handshake (CVE-2021-23222).
  if (answer.length === 1 && answer[0] === yes) return true;
  if (answer.length === 1 && answer[0] === no) return false;
  throw connectRefused("the server's answer to the request for TLS is not one of PostgreSQL");
}

function happens(socket: Socket, event: "connect" | "secureConnect" | "data"): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      socket.off(event, onEvent);
      socket.off("error", onError);
      socket.off("close", onClose);
    };
    const onEvent = (value: unknown): void => {
      end();
      resolve(value);
    };
    const onError = (error: Error): void => {
      end();
      reject(error);
    };
    const onClose = (): void => {
      end();
      reject(connectRefused("the server closed the connection before the login"));
    };
    socket.once(event, onEvent);
    socket.once("error", onError);
    socket.once("close", onClose);
  });
}
