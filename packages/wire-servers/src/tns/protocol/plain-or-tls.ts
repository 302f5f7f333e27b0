import type { Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { SelfSignedCertificate } from "../../shared/self-signed-certificate.ts";

/** The first byte of a TLS record that holds a handshake, RFC 8446 section 5.1. No packet of Oracle's starts with it. */
const handshake = 0x16;

/** Takes connections with TLS (which Oracle calls TCPS) and without it on one port, as the client begins. */
export class PlainOrTls {
  readonly #context: SecureContext;
  readonly #undecided = new Set<Socket>();

  constructor({ certificate, privateKey }: SelfSignedCertificate) {
    this.#context = createSecureContext({ cert: certificate, key: privateKey });
  }

  /** Waits for the first byte of a connection and hands on what the session reads from. */
  take(socket: Socket, begin: (socket: Socket) => void): void {
    this.#undecided.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#undecided.delete(socket));
    socket.once("data", (first) => {
      this.#undecided.delete(socket);
      socket.pause();
      socket.unshift(first);
      if (first[0] === handshake) {
        // It reads on by itself, what was put back first.
        const secure = new TLSSocket(socket, { isServer: true, secureContext: this.#context });
        // After a handshake that the client has refused, the one below it may stay open for ever.
        secure.once("close", () => socket.destroy());
        begin(secure);
      } else {
        begin(socket);
        socket.resume();
      }
    });
  }

  /** Ends the connections that have sent nothing yet. */
  end(): void {
    for (const socket of this.#undecided) socket.destroy();
  }
}
