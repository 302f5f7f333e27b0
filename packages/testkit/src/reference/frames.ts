import type { Socket } from "node:net";
import { deserialize, serialize } from "node:v8";

/** Sends one message: four bytes of length, then its body. */
export function sendFrame(socket: Socket, message: unknown): void {
  const body = serialize(message);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  socket.cork();
  socket.write(head);
  socket.write(body);
  socket.uncork();
}

/** Calls back with each whole message that a socket receives. */
export function onFrames(socket: Socket, receive: (message: unknown) => void): void {
  let chunks: Buffer[] = [];
  let length = 0;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < 4) return;
    let all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : undefined;
    // Joined only when the message at the front is complete, so that a large one is not copied once per chunk.
    const size = sizeOf(chunks);
    if (length < 4 + size) return;
    all ??= Buffer.concat(chunks);
    while (all.length >= 4 && all.length >= 4 + all.readUInt32BE(0)) {
      const end = 4 + all.readUInt32BE(0);
      const message: unknown = deserialize(all.subarray(4, end));
      all = all.subarray(end);
      receive(message);
    }
    chunks = all.length === 0 ? [] : [all];
    length = all.length;
  });
}

function sizeOf(chunks: readonly Buffer[]): number {
  const [first] = chunks;
  return first !== undefined && first.length >= 4
    ? first.readUInt32BE(0)
    : Buffer.concat(chunks.slice(0, 4)).readUInt32BE(0);
}
