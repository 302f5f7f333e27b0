import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A message of the protocol: its type (empty for those before the login) and what follows the length. */
export interface WireMessage {
  readonly type: string;
  readonly body: Buffer;
}

/** A proxy that understands messages: it records what the client says and may change what the server answers. */
export interface WireProxy {
  readonly host: string;
  readonly port: number;
  /** What clients have said, in order, over all connections. */
  readonly said: WireMessage[];
  /** How many separate chunks of bytes the clients have sent. */
  readonly chunks: number;
  /** Connections accepted so far, and open now. */
  readonly accepted: number;
  readonly open: number;
  /** Keeps the server's messages back, from the next one of this type on. Resolves, once there is one, with what lets them go. */
  hold(type: string): Promise<() => void>;
  close(): Promise<void>;
}

/** @param change - what to send to the client instead of a server's message; `null` for nothing */
export async function wireProxy(
  target: { readonly host: string; readonly port: number },
  change: (message: WireMessage) => WireMessage | null = (message) => message,
): Promise<WireProxy> {
  const proxy = new RunningProxy(target, change);
  await proxy.listen();
  return proxy;
}

class RunningProxy implements WireProxy {
  readonly host = "127.0.0.1";
  port = 0;
  readonly said: WireMessage[] = [];
  chunks = 0;
  accepted = 0;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #change: (message: WireMessage) => WireMessage | null;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #holding: { readonly type: string; readonly onHeld: (release: () => void) => void } | undefined;
  #held: { readonly client: Socket; readonly message: WireMessage }[] | undefined;

  constructor(
    target: { readonly host: string; readonly port: number },
    change: (message: WireMessage) => WireMessage | null,
  ) {
    this.#target = target;
    this.#change = change;
    this.#server = createServer((client) => this.#accept(client));
  }

  get open(): number {
    return this.#sockets.size;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host);
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  hold(type: string): Promise<() => void> {
    return new Promise((onHeld) => {
      this.#holding = { type, onHeld };
    });
  }

  #pass(client: Socket, message: WireMessage): void {
    if (this.#holding?.type === message.type) {
      this.#held = [];
      this.#holding.onHeld(() => {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const it of held) it.client.write(encode(it.message));
      });
      this.#holding = undefined;
    }
    if (this.#held === undefined) client.write(encode(message));
    else this.#held.push({ client, message });
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    this.accepted++;
    this.#sockets.add(client);
    const server = connect(this.#target);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.on("end", () => to.end());
      from.on("close", () => to.destroy());
    }
    client.on("close", () => this.#sockets.delete(client));
    const fromClient = new MessageReader(false);
    const fromServer = new MessageReader(true);
    let answersToSslRequest = 0;
    client.on("data", (chunk) => {
      this.chunks++;
      for (const message of fromClient.read(chunk)) {
        this.said.push(message);
        if (isSslRequest(message)) answersToSslRequest++;
      }
      server.write(chunk);
    });
    server.on("data", (chunk) => {
      let rest = chunk;
      // The answer to the request for TLS is a bare byte.
      for (; answersToSslRequest > 0 && rest.length > 0; answersToSslRequest--) {
        client.write(rest.subarray(0, 1));
        rest = rest.subarray(1);
      }
      for (const message of fromServer.read(rest)) {
        const changed = this.#change(message);
        if (changed !== null) this.#pass(client, changed);
      }
    });
  }
}

function isSslRequest({ type, body }: WireMessage): boolean {
  return type === "" && body.length === 4 && body.readInt32BE(0) === 80_877_103;
}

function encode({ type, body }: WireMessage): Buffer {
  const header = Buffer.alloc(5);
  header.write(type, 0, "latin1");
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

class MessageReader {
  #rest: Buffer = Buffer.alloc(0);
  #typed: boolean;

  constructor(typed: boolean) {
    this.#typed = typed;
  }

  read(chunk: Buffer): WireMessage[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: WireMessage[] = [];
    for (;;) {
      const at = this.#typed ? 1 : 0;
      if (this.#rest.length < at + 4) return messages;
      const length = this.#rest.readInt32BE(at);
      if (this.#rest.length < at + length) return messages;
      const message = {
        type: this.#rest.toString("latin1", 0, at),
        body: this.#rest.subarray(at + 4, at + length),
      };
      this.#rest = this.#rest.subarray(at + length);
      messages.push(message);
      if (!this.#typed && !isSslRequest(message)) this.#typed = true;
    }
  }
}

/** The texts between zero bytes at the start of a message: name and text of a Parse. */
export function strings({ body }: WireMessage): string[] {
  return body.toString("utf8").split("\0");
}
