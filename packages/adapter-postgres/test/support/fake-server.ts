import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** What a server that is not one does. */
export type FakeAnswer =
  | "close"
  | "silence"
  | "silence after the startup"
  | "nonsense"
  | "an oversized answer"
  | "57P03"
  | "53300"
  | "a login without proof"
  | "a way to authenticate that nobody knows"
  | "plain text in front of TLS"
  | "neither yes nor no to TLS";

/** A server for one kind of misbehaviour. */
export interface FakeServer {
  readonly host: string;
  readonly port: number;
  readonly accepted: number;
  readonly open: number;
  /** Resolves when somebody has connected and spoken. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

export async function fakeServer(answer: FakeAnswer): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    if (answer === "close") socket.destroy();
    socket.once("data", () => {
      for (const notify of waiting.splice(0)) notify();
      misbehave(socket, answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    host: "127.0.0.1",
    port: typeof address === "object" && address !== null ? address.port : 0,
    get accepted() {
      return accepted;
    },
    get open() {
      return sockets.size;
    },
    connected: () => new Promise((resolve) => waiting.push(resolve)),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function misbehave(socket: Socket, answer: FakeAnswer): void {
  switch (answer) {
    case "nonsense":
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      break;
    case "an oversized answer":
      // An answer that claims to be two gigabytes long, and no more.
      socket.end(Buffer.from([0x52, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
      break;
    case "57P03":
    case "53300":
      socket.end(message("E", `SFATAL\0C${answer}\0Mnein\0\0`));
      break;
    case "a login without proof":
      socket.write(message("R", Buffer.concat([int32(10), Buffer.from("SCRAM-SHA-256\0\0")])));
      socket.once("data", () => {
        socket.write(message("R", int32(0)));
        socket.write(message("Z", "I"));
      });
      break;
    case "a way to authenticate that nobody knows":
      // AuthenticationGSS
      socket.write(message("R", int32(7)));
      break;
    case "plain text in front of TLS":
      socket.write("SExtra");
      break;
    case "neither yes nor no to TLS":
      socket.write("E");
      break;
    default:
  }
}

function message(type: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(type), int32(bytes.length + 4), bytes]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
