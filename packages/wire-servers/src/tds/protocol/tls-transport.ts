import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { SelfSignedCertificate } from "../../shared/self-signed-certificate.ts";
import { packetType, serverPacket } from "./packet.ts";

/**
 * TLS as TDS 7.x wraps it ([MS-TDS] 2.2.6.5 and 3.3.5.3): during the handshake its records travel inside PRELOGIN packets, one message
 * for each flight; afterwards they travel bare on the socket.
 */
export class TlsTransport {
  /** What the client says and hears in clear text. */
  readonly cleartext: TLSSocket;
  readonly #socket: Socket;
  readonly #records: Duplex;
  #flight: Buffer[] = [];
  #bare = false;

  constructor(socket: Socket, certificate: SelfSignedCertificate) {
    this.#socket = socket;
    this.#records = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, callback) => {
        this.#send(chunk, callback);
      },
      final: (callback) => {
        socket.end();
        callback();
      },
    });
    const secureContext = createSecureContext({ cert: certificate.certificate, key: certificate.privateKey });
    this.cleartext = new TLSSocket(this.#records, { isServer: true, secureContext });
    this.cleartext.on("error", () => socket.destroy());
  }

  /** Records that the client has sent, out of their packets or bare. */
  receive(records: Buffer): void {
    this.#records.push(records);
  }

  /** The handshake is over: the first bare record of the client has come. */
  becomeBare(): void {
    this.#bare = true;
  }

  #send(chunk: Buffer, callback: (error?: Error | null) => void): void {
    if (this.#bare) {
      this.#socket.write(chunk, callback);
      return;
    }
    this.#flight.push(chunk);
    if (this.#flight.length === 1) setImmediate(() => this.#sendFlight(1));
    callback();
  }

  /** The engine hands a flight over in pieces, and clients expect one message: it is complete when no piece came for a turn. */
  #sendFlight(known: number): void {
    if (this.#flight.length > known) {
      const { length } = this.#flight;
      setImmediate(() => this.#sendFlight(length));
      return;
    }
    const payload = Buffer.concat(this.#flight);
    this.#flight = [];
    const capacity = 4088;
    for (let at = 0; at < payload.length; at += capacity) {
      const last = at + capacity >= payload.length;
      this.#socket.write(
        serverPacket(payload.subarray(at, at + capacity), last, 0, at / capacity, packetType.prelogin),
      );
    }
  }
}
