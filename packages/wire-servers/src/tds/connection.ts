import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";
import type { SqlSession } from "./engine/session.ts";
import { SqlServerError } from "./engine/sql-server-error.ts";
import { logIn } from "./log-in.ts";
import { readLogin7 } from "./protocol/login7.ts";
import { type ClientMessage, headerLength, MessageReader, packetType, serverPacket } from "./protocol/packet.ts";
import { encryption, preloginResponse, readPrelogin } from "./protocol/prelogin.ts";
import { ResponseStream } from "./protocol/response-stream.ts";
import { TlsTransport } from "./protocol/tls-transport.ts";
import { runRequest } from "./request.ts";
import type { TdsServerCore } from "./server-core.ts";

/** One client's connection: packets, encryption, login, and then one request after another ([MS-TDS] 3.3). */
export class TdsConnection {
  readonly spid: number;
  readonly #socket: Socket;
  readonly #server: TdsServerCore;
  readonly #reader: MessageReader;
  #stream: Duplex;
  #transport: TlsTransport | undefined;
  #state: "fresh" | "handshake" | "open" = "fresh";
  #packetSize = 4096;
  #session: SqlSession | undefined;
  #work: Promise<void> = Promise.resolve();
  #running = false;
  #heard = false;
  #killed = false;
  #nextPacket = 1;

  constructor(socket: Socket, spid: number, server: TdsServerCore) {
    this.#socket = socket;
    this.#stream = socket;
    this.spid = spid;
    this.#server = server;
    this.#reader = new MessageReader((message) => this.#onMessage(message));
    socket.setNoDelay(true);
    // Clients in the same process look at what keeps it alive.
    socket.unref();
    socket.on("error", () => {});
    socket.on("close", () => this.#onClose());
    socket.on("data", (bytes) => this.#onBytes(bytes));
  }

  /** Closes the connection as KILL does: whoever waits gets error 596. */
  kill(): void {
    this.#killed = true;
    if (!this.#running || this.#session === undefined) {
      this.#socket.destroy();
      return;
    }
    this.#session.attention().catch(() => {});
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  #onBytes(bytes: Buffer): void {
    try {
      this.#accept(bytes);
    } catch (error) {
      this.#server.refused(`bytes of a client: ${String(error)}`);
      this.#socket.destroy();
    }
  }

  #accept(bytes: Buffer): void {
    // TDS 8.0 begins with TLS itself; the first byte of a handshake record is 0x16.
    const first = !this.#heard;
    this.#heard = true;
    if (first && bytes[0] === 0x16) {
      this.#startStrictTls(bytes);
      return;
    }
    if (this.#state === "handshake") {
      this.#continueHandshake(bytes);
      return;
    }
    if (this.#transport !== undefined) this.#transport.receive(bytes);
    else this.#reader.push(bytes);
  }

  #startStrictTls(first: Buffer): void {
    const { certificate, privateKey } = this.#server.identity;
    this.#socket.removeAllListeners("data");
    // What was read already is taken over from the buffer, which must not flow away before.
    this.#socket.pause();
    this.#socket.unshift(first);
    const secure = new TLSSocket(this.#socket, {
      isServer: true,
      ALPNProtocols: ["tds/8.0"],
      secureContext: createSecureContext({ cert: certificate, key: privateKey }),
    });
    secure.on("error", () => this.#socket.destroy());
    secure.on("data", (bytes) => this.#reader.push(bytes));
    this.#stream = secure;
  }

  #startWrappedTls(): void {
    this.#state = "handshake";
    this.#transport = new TlsTransport(this.#socket, this.#server.identity);
    this.#reader.accepts = (type) => type === packetType.prelogin;
  }

  /** PRELOGIN packets with handshake records, until a bare record comes. */
  #continueHandshake(bytes: Buffer): void {
    const transport = this.#transport;
    if (transport === undefined) return;
    this.#reader.push(bytes);
    const rest = this.#reader.takeRest();
    if (rest.length === 0) return;
    if (rest[0] === packetType.prelogin) {
      this.#reader.push(rest);
      return;
    }
    this.#state = "open";
    this.#reader.accepts = () => true;
    transport.becomeBare();
    transport.cleartext.on("data", (clear: Buffer) => {
      try {
        this.#reader.push(clear);
      } catch {
        this.#socket.destroy();
      }
    });
    this.#stream = transport.cleartext;
    transport.receive(rest);
  }

  #onMessage(message: ClientMessage): void {
    if (message.type === packetType.prelogin) {
      if (this.#state === "handshake") this.#transport?.receive(message.payload);
      else this.#answerPrelogin(message.payload);
      return;
    }
    if (message.type === packetType.attention) {
      this.#onAttention();
      return;
    }
    this.#work = this.#work
      .then(() => this.#handle(message))
      .catch((error: unknown) => {
        this.#server.refused(`a request: ${error instanceof Error ? error.stack : String(error)}`);
        this.#socket.destroy();
      });
  }

  #answerPrelogin(payload: Buffer): void {
    const asked = readPrelogin(payload).encryption;
    const strict = this.#stream !== this.#socket;
    const { encryption: offered } = this.#server.options;
    const wanted = asked === encryption.on || asked === encryption.required;
    // [MS-TDS] 2.2.6.5: the table of both sides' wishes.
    let answer: number = encryption.notSupported;
    if (!strict && offered === "required") answer = wanted ? encryption.on : encryption.required;
    else if (!strict && offered === "on" && wanted) answer = encryption.on;
    const packet = serverPacket(preloginResponse(answer), true, 0, 1, packetType.response);
    this.#stream.write(packet);
    if (answer === encryption.on) this.#startWrappedTls();
    else this.#state = "open";
  }

  /** A request is running: it is stopped, and acknowledged when it has ended. Otherwise the client was too late. */
  #onAttention(): void {
    if (this.#running) this.#session?.attention().catch(() => {});
    this.#work = this.#work.then(async () => {
      const response = this.#response();
      response.done("done", { attention: true });
      await response.end();
    });
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (this.#socket.destroyed) return;
    const response = this.#response();
    if (message.type === packetType.login7) {
      await this.#logIn(message.payload, response);
      return;
    }
    const session = this.#session;
    if (session === undefined) throw new RangeError(`a message of type ${message.type} before the login`);
    this.#running = true;
    session.start();
    let outcome: "answered" | "cut" = "answered";
    try {
      outcome = await runRequest(message, session, response, this.#server);
    } finally {
      this.#running = false;
    }
    if (outcome === "cut") {
      this.#socket.destroy();
      return;
    }
    if (this.#killed) {
      const text = "Cannot continue the execution because the session is in the kill state.";
      response.error(new SqlServerError(596, text, { severity: 21, reach: "connection" }));
      response.done("done", { error: true });
    }
    await response.end();
    if (this.#killed || session.fatal) this.#socket.end();
  }

  async #logIn(payload: Buffer, response: ResponseStream): Promise<void> {
    const login = readLogin7(payload);
    const session = await logIn(login, this.spid, response, this.#server, (size) => {
      this.#packetSize = size;
    });
    if (session === undefined) {
      await response.end();
      this.#stream.end();
      return;
    }
    this.#session = session;
    session.postgres.onLost = () => this.#socket.destroy();
    if (this.#socket.destroyed) this.#onClose();
    await response.end();
  }

  #response(): ResponseStream {
    this.#nextPacket = 1;
    const capacity = this.#packetSize - headerLength;
    return new ResponseStream(
      (payload, last) => this.#send(payload, last),
      capacity,
      this.#server.serverName,
      () => (this.#session?.transaction.count ?? 0) > 0,
    );
  }

  async #send(payload: Uint8Array, last: boolean): Promise<void> {
    const packet = serverPacket(payload, last, this.spid, this.#nextPacket, packetType.response);
    this.#nextPacket += 1;
    const stream = this.#stream;
    if (stream.destroyed || stream.write(packet)) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        stream.off("drain", finish);
        stream.off("close", finish);
        resolve();
      };
      stream.once("drain", finish);
      stream.once("close", finish);
    });
  }

  #onClose(): void {
    this.#server.closed(this);
    this.#transport?.cleartext.destroy();
    const session = this.#session;
    if (session === undefined) return;
    session.postgres.onLost = null;
    this.#server.leaving(this.#leave(session));
  }

  /** Stops what runs, and gives the session of the database back only when nothing can use it any more. */
  async #leave(session: SqlSession): Promise<void> {
    await session.attention().catch(() => {});
    await this.#work;
    await this.#server.backing.giveBack(session.postgres);
  }
}
