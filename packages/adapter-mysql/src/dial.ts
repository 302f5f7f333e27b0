import { connect, type Socket } from "node:net";
import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { connectRefused } from "./faults.ts";
import type { Endpoint } from "./settings.ts";

/** A socket whose server has introduced itself. What it said is still to be read by mysql2. */
export interface Dialled {
  readonly socket: Socket;
  /** Absent where it has refused us at once. */
  readonly hello: Hello | undefined;
}

/** What a server says of itself before anything else. */
export interface Hello {
  /** `"8.4.3"`, `"10.11.6-MariaDB"`. */
  readonly version: string;
  readonly hasTls: boolean;
}

const protocolVersion = 10;
const longestHello = 4_096;
const tlsFlag = 0x0800;

/**
 * Opens a socket and waits for the server's first packet. Settles by the deadline; a socket that is not handed out is destroyed.
 * @throws the native error of the socket, or a fault.
 */
export async function dial(endpoint: Endpoint, keepAlive: boolean, context: Bounds): Promise<Dialled> {
  // Node gives each address of a name 250 ms only, which is less than one round trip to the other side of the world.
  const socket = connect("path" in endpoint ? endpoint : { ...endpoint, autoSelectFamilyAttemptTimeout: 2_000 });
  socket.setNoDelay(true);
  if (keepAlive) socket.setKeepAlive(true, 30_000);
  // Whatever happens between two owners of the socket must not end the process.
  socket.on("error", () => undefined);
  let why: Error | undefined;
  const stop = watchExpiry(context.clock, context, (expiry) => {
    why = expiry === "deadline" ? DriverFault.connectTimeout() : DriverFault.connectAborted(context.signal?.reason);
    socket.destroy();
  });
  try {
    return { socket, hello: readHello(await firstPacket(socket)) };
  } catch (error) {
    socket.destroy();
    throw why ?? error;
  } finally {
    stop();
  }
}

/** The first packet, which is put back for mysql2. */
function firstPacket(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const end = (): void => {
      socket.pause();
      socket.off("data", onData);
      socket.off("error", onError);
      socket.off("close", onClose);
    };
    const onData = (more: Buffer): void => {
      bytes = Buffer.concat([bytes, more]);
      const length = bytes.length < 4 ? 0 : bytes.readUIntLE(0, 3);
      if (length > longestHello) {
        end();
        reject(connectRefused("what answers there does not speak the protocol of MySQL"));
      } else if (bytes.length >= 4 && bytes.length >= length + 4) {
        end();
        socket.unshift(bytes);
        resolve(bytes.subarray(4, length + 4));
      }
    };
    const onError = (error: Error): void => {
      end();
      reject(error);
    };
    const onClose = (): void => {
      end();
      reject(connectRefused("the server closed the connection before the login"));
    };
    socket.on("data", onData);
    socket.once("error", onError);
    socket.once("close", onClose);
  });
}

/** @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html */
function readHello(packet: Buffer): Hello | undefined {
  if (packet[0] === 0xff) return undefined;
  const end = packet.indexOf(0, 1);
  // Behind the version: the session's number, 8 bytes of a challenge, a zero, and the lower half of the capabilities.
  if (packet[0] !== protocolVersion || end < 0 || packet.length < end + 16) {
    throw connectRefused("what answers there does not speak the protocol of MySQL");
  }
  return { version: packet.toString("latin1", 1, end), hasTls: (packet.readUInt16LE(end + 14) & tlsFlag) !== 0 };
}
