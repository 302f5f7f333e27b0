import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { EngineDatabase } from "../engine/engine-database.ts";
import type { EngineError } from "../engine/engine-error.ts";
import { onFrames, sendFrame } from "./frames.ts";
import type { Hello, Request } from "./protocol.ts";
import { ServerSession } from "./server-session.ts";

/** A small SQL server in this process, for tests of what happens on a network. */
export interface ReferenceServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Sessions that are open now. */
  readonly sessions: number;
  /** Ends a session, as an administrator would. */
  kill(session: string): void;
  /** Ends every session and listens again on the same port. The data stay. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on a free loopback port. */
export async function referenceServer(): Promise<ReferenceServer> {
  const server = new RunningServer();
  await server.listen();
  return server;
}

class RunningServer implements ReferenceServer {
  readonly host = "127.0.0.1";
  readonly user = "tester";
  readonly password = randomBytes(9).toString("base64url");
  readonly database = "main";
  port = 0;
  readonly #data = new EngineDatabase();
  readonly #sessions = new Map<string, ServerSession>();
  readonly #sockets = new Set<Socket>();
  #listener: Server | undefined;

  get sessions(): number {
    return this.#sessions.size;
  }

  async listen(): Promise<void> {
    const listener = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    listener.listen(this.port, this.host);
    await once(listener, "listening");
    const address = listener.address();
    if (address !== null && typeof address === "object") this.port = address.port;
    this.#listener = listener;
  }

  kill(session: string): void {
    this.#sessions.get(session)?.end();
  }

  async restart(): Promise<void> {
    this.#stop();
    await this.listen();
  }

  async close(): Promise<void> {
    this.#stop();
    this.#data.close();
  }

  #stop(): void {
    this.#listener?.close();
    this.#listener = undefined;
    for (const session of this.#sessions.values()) session.end();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    let session: ServerSession | undefined;
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      session?.end();
    });
    onFrames(socket, (message) => {
      if (session === undefined) session = this.#greet(socket, message as Hello);
      else session.receive(message as Request);
    });
  }

  #greet(socket: Socket, hello: Hello): ServerSession | undefined {
    if (hello.hello === "cancel") {
      const done = () => socket.end();
      const session = this.#sessions.get(hello.session);
      if (session === undefined || session.key !== hello.key) done();
      else session.cancel(hello.sequence).then(done, done);
      return undefined;
    }
    if (hello.user !== this.user || hello.password !== this.password) return refuse(socket, "AUTH", "wrong login");
    if (hello.database !== this.database) return refuse(socket, "UNKNOWN_DATABASE", "no such database");
    const session = new ServerSession(this.#data.open(), socket, () => this.#sessions.delete(session.id));
    this.#sessions.set(session.id, session);
    sendFrame(socket, { session: session.id, key: session.key });
    return session;
  }
}

function refuse(socket: Socket, code: EngineError["code"], message: string): undefined {
  sendFrame(socket, { error: { code, message, details: {} } });
  socket.end();
}
