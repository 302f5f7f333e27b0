/** Packet types, [MS-TDS] 2.2.3.1.1. */
export const packetType = {
  sqlBatch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulkLoad: 0x07,
  transactionManager: 0x0e,
  login7: 0x10,
  prelogin: 0x12,
} as const;

/** Packet status bits, [MS-TDS] 2.2.3.1.2. */
export const packetStatus = {
  endOfMessage: 0x01,
  ignore: 0x02,
  resetConnection: 0x08,
  resetConnectionSkipTransaction: 0x10,
} as const;

/** The length of a packet's header, [MS-TDS] 2.2.3.1. */
export const headerLength = 8;

/** A complete message of a client. */
export interface ClientMessage {
  readonly type: number;
  /** The client gave up while it was sending: the message is not complete and must not be executed. */
  readonly ignored: boolean;
  /** The session is to be reset before the message is executed; with `keepTransaction`, all but its transaction. */
  readonly reset: boolean;
  readonly keepTransaction: boolean;
  readonly payload: Buffer;
}

/** Puts the packets of a client together to messages. Bytes may arrive in any portions. */
export class MessageReader {
  readonly #onMessage: (message: ClientMessage) => void;
  /** Packet types that are understood now; anything else stays where it is, for `takeRest`. */
  accepts: (type: number) => boolean = () => true;
  #pending: Buffer = Buffer.alloc(0);
  #payloads: Buffer[] = [];
  #status = 0;

  constructor(onMessage: (message: ClientMessage) => void) {
    this.#onMessage = onMessage;
  }

  push(bytes: Buffer): void {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= headerLength) {
      if (!this.accepts(this.#pending.readUInt8(0))) return;
      const length = this.#pending.readUInt16BE(2);
      if (length < headerLength) throw new RangeError(`a packet of ${length} bytes`);
      if (this.#pending.length < length) return;
      const packet = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.#accept(packet);
    }
  }

  /** Bytes that were pushed and not understood yet; they are taken out. */
  takeRest(): Buffer {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest;
  }

  #accept(packet: Buffer): void {
    const status = packet.readUInt8(1);
    // The reset bits count in the first packet of a message, the ignore bit in its last one.
    if (this.#payloads.length === 0) this.#status = status;
    this.#payloads.push(packet.subarray(headerLength));
    if ((status & packetStatus.endOfMessage) === 0) return;
    const payload = this.#payloads.length === 1 ? this.#payloads[0] : undefined;
    const message = {
      type: packet.readUInt8(0),
      ignored: (status & packetStatus.ignore) !== 0,
      reset: (this.#status & (packetStatus.resetConnection | packetStatus.resetConnectionSkipTransaction)) !== 0,
      keepTransaction: (this.#status & packetStatus.resetConnectionSkipTransaction) !== 0,
      payload: payload ?? Buffer.concat(this.#payloads),
    };
    this.#payloads = [];
    this.#onMessage(message);
  }
}

/** One packet of the server. */
export function serverPacket(payload: Uint8Array, last: boolean, spid: number, id: number, type: number): Buffer {
  const packet = Buffer.allocUnsafe(headerLength + payload.length);
  packet.writeUInt8(type, 0);
  packet.writeUInt8(last ? packetStatus.endOfMessage : 0, 1);
  packet.writeUInt16BE(packet.length, 2);
  packet.writeUInt16BE(spid & 0xffff, 4);
  packet.writeUInt8(id & 0xff, 6);
  packet.writeUInt8(0, 7);
  packet.set(payload, headerLength);
  return packet;
}
