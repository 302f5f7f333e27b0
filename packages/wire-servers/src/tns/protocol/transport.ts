import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { acceptBody, readConnect, refuseBody } from "./connect.ts";
import { dataFlag, dataPackets, marker, type Packet, PacketSplitter, packetBytes, packetType } from "./packet.ts";

/** What the owner of a transport is told. Calls come one at a time, in the order of the packets, and do not wait for anything. */
export interface TransportListener {
  /** Gives the listener's error number to refuse with, `"silence"` for no answer at all, or `undefined` to accept. */
  connect(descriptor: string): number | "silence" | undefined;
  /** A complete message of the two-task layer. */
  message(message: Buffer): void;
  /** The client wants the running call to stop. */
  interrupt(): void;
  /** The client has noticed the break; the answer is {@link Transport.reset}. */
  resetAsked(): void;
  /** The connection is over; `error` where something was wrong with it. */
  closed(error?: Error): void;
}

/** The network layer of one connection: packets, markers and the way in. */
export class Transport {
  readonly #socket: Socket;
  readonly #listener: TransportListener;
  readonly #splitter = new PacketSplitter();
  #state: "connecting" | "descriptorFollows" | "open" = "connecting";
  #dataUnit = 8192;
  #message: Buffer[] = [];
  #over = false;

  constructor(socket: Socket, listener: TransportListener) {
    this.#socket = socket;
    this.#listener = listener;
    socket.setNoDelay(true);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => this.#end());
  }

  /** Sends a message as data packets. */
  send(message: Buffer): void {
    if (!this.#over) this.#socket.write(dataPackets(message, this.#dataUnit));
  }

  /** Tells the client that a reset is over, after which it waits for the answer to the call it broke. */
  reset(): void {
    this.#mark(marker.reset);
  }

  /** Resolves once the client has taken what was sent, so that a slow one slows the server down. */
  async drained(): Promise<void> {
    if (this.#over || !this.#socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const finish = () => {
        this.#socket.off("drain", finish);
        this.#socket.off("close", finish);
        resolve();
      };
      this.#socket.on("drain", finish);
      this.#socket.on("close", finish);
    });
  }

  /** Ends the connection: politely, or with a reset of the TCP connection. */
  close(ending: "end" | "reset" = "end"): void {
    if (ending === "end") this.#socket.destroySoon();
    // One that is being shut down, as after the client's end, cannot be reset any more: Node would neither close it nor say so.
    else if (this.#socket instanceof TLSSocket || this.#socket.writableEnded) this.#socket.destroy();
    else {
      this.#socket.resetAndDestroy();
      // By itself it waits until the client has taken what was sent.
      this.#socket.destroy();
    }
  }

  #receive(chunk: Buffer): void {
    try {
      for (const packet of this.#splitter.packets(chunk)) this.#packet(packet);
    } catch (error) {
      this.#fail(error);
    }
  }

  #packet({ type, body }: Packet): void {
    if (type === packetType.connect && this.#state === "connecting") {
      const request = readConnect(body);
      this.#dataUnit = request.dataUnit;
      if (request.follows) this.#state = "descriptorFollows";
      else this.#accept(request.descriptor);
    } else if (type === packetType.data && this.#state === "descriptorFollows") {
      this.#accept(body.subarray(2).toString("latin1"));
    } else if (type === packetType.data && this.#state === "open") {
      this.#data(body.readUInt16BE(0), body.subarray(2));
    } else if (type === packetType.marker && this.#state === "open") {
      if (body[2] === marker.reset) {
        this.#message = [];
        this.#listener.resetAsked();
      } else {
        this.#listener.interrupt();
        this.#mark(marker.break);
      }
    } else {
      throw new RangeError(`the TNS test server does not know the packet type ${type} here`);
    }
  }

  #accept(descriptor: string): void {
    const refusal = this.#listener.connect(descriptor);
    if (refusal === "silence") return;
    if (refusal !== undefined) {
      this.#socket.end(packetBytes(packetType.refuse, refuseBody(refusal), false));
      return;
    }
    this.#socket.write(packetBytes(packetType.accept, acceptBody(this.#dataUnit), false));
    this.#splitter.widen();
    this.#state = "open";
  }

  #data(flags: number, part: Buffer): void {
    if (flags & dataFlag.endOfFile) {
      this.#socket.end();
      return;
    }
    this.#message.push(part);
    if ((flags & dataFlag.endOfRequest) === 0) return;
    const message = Buffer.concat(this.#message);
    this.#message = [];
    this.#listener.message(message);
  }

  #mark(kind: number): void {
    if (!this.#over) this.#socket.write(packetBytes(packetType.marker, Buffer.from([1, 0, kind]), true));
  }

  #fail(error: unknown): void {
    this.#end(error instanceof Error ? error : new Error(String(error)));
    this.#socket.destroy();
  }

  #end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.closed(error);
  }
}
