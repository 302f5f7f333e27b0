import { createConnection, type Socket } from "node:net";
import { type Direction, type Ending, type Fault, isSilent } from "./fault.ts";
import { Pipe } from "./pipe.ts";
import { resetSocket } from "./reset-socket.ts";

/** One client's connection through the proxy, and the connection to the server behind it. */
export class Link {
  readonly #client: Socket;
  readonly #server: Socket | undefined;
  readonly #pipes: readonly Pipe[];
  #silent: boolean;
  #probe: NodeJS.Timeout | undefined;

  /** @param server - where to go on to; absent for a link that is never answered */
  constructor(
    client: Socket,
    server: { readonly host: string; readonly port: number } | undefined,
    onClose: (link: Link) => void,
  ) {
    this.#client = client;
    this.#silent = server === undefined;
    client.setNoDelay(true);
    client.on("error", () => undefined);
    if (server === undefined) {
      this.#server = undefined;
      this.#pipes = [];
      client.resume();
    } else {
      const upstream = createConnection({ ...server, noDelay: true, allowHalfOpen: true });
      this.#server = upstream;
      const cut = (fault: Fault) => this.end(fault.kind === "cut" ? (fault.ending ?? "end") : "end");
      this.#pipes = [new Pipe("to-server", client, upstream, cut), new Pipe("to-client", upstream, client, cut)];
      upstream.on("error", () => {
        if (!this.#silent) resetSocket(client);
      });
      client.on("close", (hadError) => {
        if (hadError) resetSocket(upstream);
        else upstream.end();
      });
      // What the server said last may still be on its way to the client.
      upstream.on("close", () => this.#pipes[0]?.stop());
    }
    client.on("end", () => {
      if (!this.#silent) this.#pipes[1]?.release();
      // A server in the middle of a long statement does not notice the goodbye either.
      this.#watch();
    });
    client.on("close", () => {
      clearInterval(this.#probe);
      this.#stop();
      onClose(this);
    });
  }

  /** Bytes handed on in one direction. */
  bytes(direction: Direction): number {
    return this.#pipes[direction === "to-server" ? 0 : 1]?.bytes ?? 0;
  }

  set(fault: Fault): void {
    if (this.#server !== undefined) this.#silent = isSilent(fault);
    for (const pipe of this.#pipes) pipe.set(fault);
    if (fault.kind === "half-open") this.#server?.destroy();
  }

  /** Ends the link on both sides. */
  end(ending: Ending): void {
    this.#stop();
    for (const socket of [this.#client, this.#server]) {
      if (ending === "reset" && socket !== undefined) resetSocket(socket);
      else if (socket !== undefined && !socket.destroyed) {
        socket.end();
        socket.destroySoon();
      }
    }
  }

  destroy(): void {
    this.#stop();
    this.#client.destroy();
    this.#server?.destroy();
  }

  /**
   * The client has said its last word. Whether it has let go of the socket, or waits for our answer for ever, only shows when we write:
   * a closed socket answers with a reset. It gets a while for a clean farewell before.
   */
  #watch(): void {
    this.#probe = setInterval(() => this.#client.write("\0"), 500);
    this.#probe.unref();
  }

  #stop(): void {
    for (const pipe of this.#pipes) pipe.stop();
  }
}
