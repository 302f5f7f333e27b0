import type { Socket } from "node:net";

/** Resets a connection. One that is being shut down already cannot be reset any more: Node would neither close it nor say so. */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
