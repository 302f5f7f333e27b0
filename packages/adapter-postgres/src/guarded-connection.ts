import type { Socket } from "node:net";
import { type MessageSource, NativeConnectionBase } from "./native.ts";

/**
 * pg's connection, but for one thing: pg throws out of the socket's `data` event when it cannot read a message (a way to authenticate
 * that it does not know is enough), and that would end the process. Here it is an error of the connection.
 */
export class GuardedConnection extends NativeConnectionBase {
  override attachListeners(source: MessageSource): void {
    super.attachListeners({
      on: (event, listener) =>
        source.on(event, (...values) => {
          try {
            listener(...values);
          } catch (error) {
            this.stream.destroy();
            this.emit("error", error);
          }
        }),
    });
  }
}

/** pg wants to connect the socket itself. This one is connected: it only has to say so once pg listens. */
export function asDialled(socket: Socket): Socket {
  return Object.defineProperty(socket, "connect", {
    configurable: true,
    value: () => {
      process.nextTick(() => socket.emit("connect"));
      return socket;
    },
  });
}
