import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

const attempts = new AsyncLocalStorage<ConnectAttempt>();
let listening = false;

/**
 * Knows the sockets that oracledb opens for one connection, which it does not show: to end a login that hangs, and to learn that an idle
 * connection has died. Node tells of every new socket on a diagnostics channel, and the asynchronous context says whose it is.
 */
export class ConnectAttempt {
  readonly #sockets: Socket[] = [];
  #abandoned: Error | undefined;

  constructor() {
    if (listening) return;
    listening = true;
    subscribe("net.client.socket", (message) => {
      const { socket } = message as { readonly socket: Socket };
      const attempt = attempts.getStore();
      if (attempt !== undefined) attempt.#add(socket);
    });
  }

  /** Runs the driver's own connect. */
  run<Result>(connect: () => Promise<Result>): Promise<Result> {
    return attempts.run(this, connect);
  }

  /** The socket that is in use; `undefined` where none was seen. */
  get socket(): Socket | undefined {
    return this.#sockets.find((socket) => !socket.destroyed);
  }

  /** Ends every socket, those of addresses that are still to be tried too. */
  abandon(reason: Error): void {
    this.#abandoned = reason;
    for (const socket of this.#sockets) endSocket(socket, reason);
  }

  #add(socket: Socket): void {
    this.#sockets.push(socket);
    // It has no listener yet, and an error without one would end the process.
    if (this.#abandoned !== undefined) {
      const reason = this.#abandoned;
      setImmediate(() => endSocket(socket, reason));
    }
  }
}

/** Destroys a socket in the way in which the driver notices it: it waits for an error, and hears of nothing else while it connects. */
export function endSocket(socket: Socket, reason: Error): void {
  if (socket.destroyed) return;
  if (socket.listenerCount("error") > 0) socket.destroy(reason);
  else socket.destroy();
}
