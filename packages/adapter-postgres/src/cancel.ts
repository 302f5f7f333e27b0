import { DriverFault, watchExpiry } from "@nsj/mdb-core";
import type { Bounds } from "./bounds.ts";
import { dial } from "./dial.ts";
import type { LoggedIn } from "./login.ts";

// CancelRequest: the code 1234 5678. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
const cancelRequestCode = 80_877_102;

/**
 * Sends one cancel request over a socket of its own, encrypted like the connection itself. Resolves when the server has closed that
 * socket: it does so after it has signalled the backend, so that from then on the request can hit nothing new.
 */
export async function requestCancel({ link, endpoint, encryption }: LoggedIn, context: Bounds): Promise<void> {
  const { processID, secretKey } = link.client;
  if (processID === null || secretKey === null) throw new Error("the server gave no key to cancel with");
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(cancelRequestCode, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  const { socket } = await dial(endpoint, encryption, context);
  await new Promise<void>((resolve, reject) => {
    const stop = watchExpiry(context.clock, context, () => {
      reject(DriverFault.connectTimeout());
      socket.destroy();
    });
    socket.once("close", (failed) => {
      stop();
      if (failed) reject(new Error("the cancel request may not have arrived"));
      else resolve();
    });
    socket.resume();
    // Not end(): a server that closes before it has read our goodbye answers with a reset, which looks like a failure.
    socket.write(message);
  });
}
