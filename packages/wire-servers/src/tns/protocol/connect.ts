/** What the connect packet asks for. */
export interface ConnectRequest {
  /** The connect descriptor, empty where it comes in a data packet of its own. */
  readonly descriptor: string;
  /** The descriptor is too long for the connect packet: the next data packet holds it. */
  readonly follows: boolean;
  /** The largest packet that the client takes. */
  readonly dataUnit: number;
}

/** Reads a connect packet; `ConnectPacket` in oracledb's lib/thin/sqlnet/packet.js. Offsets there count the header's 8 bytes. */
export function readConnect(body: Buffer): ConnectRequest {
  const length = body.readUInt16BE(16);
  const descriptor = body.subarray(body.readUInt16BE(18) - 8);
  const follows = descriptor.length < length;
  return { descriptor: follows ? "" : descriptor.toString("latin1"), follows, dataUnit: body.readUInt32BE(50) };
}

/** The value of a keyword in a connect descriptor, `undefined` where it is absent. */
export function descriptorValue(descriptor: string, keyword: string): string | undefined {
  return new RegExp(`\\(\\s*${keyword}\\s*=\\s*([^()]*)\\)`, "i").exec(descriptor)?.[1]?.trim();
}

/** TNS version 318: large packets, and data flags in the answer. */
const tnsVersion = 318;
/** No network services (encryption, authentication by the network) are linked. */
const noNetworkServices = 0x08;

/**
 * An accept packet; `AcceptPacket` in oracledb's lib/thin/sqlnet/packet.js. Without the flags for fast authentication and for the end of a response,
 * so that the client speaks as to a version before 23.
 */
export function acceptBody(dataUnit: number): Buffer {
  const body = Buffer.alloc(37);
  body.writeUInt16BE(tnsVersion, 0);
  body.writeUInt16BE(1, 2);
  body.writeUInt16BE(Math.min(dataUnit, 0xffff), 4);
  body.writeUInt16BE(0xffff, 6);
  body.writeUInt16BE(1, 8);
  body.writeUInt16BE(45, 12);
  body.writeUInt8(noNetworkServices, 15);
  body.writeUInt32BE(dataUnit, 24);
  body.writeUInt32BE(2_097_152, 28);
  return body;
}

/** A refuse packet that carries a listener's error number, as 12514 for an unknown service; `RefusePacket` in the same file. */
export function refuseBody(errorNumber: number): Buffer {
  const text = `(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR=${errorNumber})(ERROR_STACK=(ERROR=(CODE=${errorNumber})(EMFI=4))))`;
  const body = Buffer.alloc(4 + text.length);
  body.writeUInt8(34, 0);
  body.writeUInt16BE(text.length, 2);
  body.write(text, 4, "latin1");
  return body;
}
