/** Kinds of packets of the network layer; lib/thin/sqlnet/constants.js of oracledb, "TNS packet types". */
export const packetType = { connect: 1, accept: 2, refuse: 4, data: 6, marker: 12 } as const;

const knownTypes: ReadonlySet<number> = new Set(Object.values(packetType));

/** What a marker packet says; the same file, "Marker Packet". */
export const marker = { break: 1, reset: 2, interrupt: 3 } as const;

/** Flags of a data packet; the same file, "Data Packet", and lib/thin/protocol/constants.js. */
export const dataFlag = { endOfFile: 0x40, endOfRequest: 0x800 } as const;

const headerSize = 8;

/** One packet, without its header. */
export interface Packet {
  readonly type: number;
  readonly body: Buffer;
}

/** Cuts a stream of bytes into packets. Once the connection is accepted the length in their header has four bytes instead of two. */
export class PacketSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #wide = false;

  /** Call it when the answer to the connect packet is sent. */
  widen(): void {
    this.#wide = true;
  }

  /** Takes more bytes and gives the packets that are complete now, one at a time, so that `widen` works in between. */
  *packets(chunk: Buffer): Generator<Packet> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= headerSize) {
      const length = this.#wide ? this.#rest.readUInt32BE(0) : this.#rest.readUInt16BE(0);
      if (length < headerSize) throw new RangeError(`a packet says that it has ${length} bytes`);
      // At once, because what is no packet may never become long enough.
      const type = this.#rest.readUInt8(4);
      if (!knownTypes.has(type)) throw new RangeError(`the TNS test server does not know the packet type ${type}`);
      if (this.#rest.length < length) return;
      const packet = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      yield { type, body: packet.subarray(headerSize) };
    }
  }
}

/** A packet with its header. `wide`: after the connection was accepted. */
export function packetBytes(type: number, body: Uint8Array, wide: boolean): Buffer {
  const header = Buffer.alloc(headerSize);
  const length = headerSize + body.length;
  if (wide) header.writeUInt32BE(length, 0);
  else header.writeUInt16BE(length, 0);
  header.writeUInt8(type, 4);
  return Buffer.concat([header, body]);
}

/** A message as data packets of at most `dataUnit` bytes. */
export function dataPackets(message: Buffer, dataUnit: number): Buffer {
  const packets: Buffer[] = [];
  const room = dataUnit - headerSize - 2;
  for (let at = 0; at === 0 || at < message.length; at += room) {
    const noFlags = Buffer.alloc(2);
    packets.push(packetBytes(packetType.data, Buffer.concat([noFlags, message.subarray(at, at + room)]), true));
  }
  return Buffer.concat(packets);
}
