import { ByteReader } from "../../shared/byte-reader.ts";

/** What a client says when it logs in. */
export interface Login7 {
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly hostName: string;
  readonly userName: string;
  readonly password: string;
  readonly applicationName: string;
  readonly serverName: string;
  readonly database: string;
  readonly language: string;
  /** `ApplicationIntent=ReadOnly`. */
  readonly readOnlyIntent: boolean;
  /** A token of Azure Active Directory, when the client sent one. */
  readonly accessToken: string | undefined;
  /** The client announced that it understands UTF-8 collations. */
  readonly utf8Support: boolean;
}

const feature = { fedAuth: 0x02, utf8Support: 0x0a, end: 0xff } as const;

/** Reads LOGIN7, [MS-TDS] 2.2.6.4. */
export function readLogin7(payload: Buffer): Login7 {
  const reader = new ByteReader(payload, 4);
  const tdsVersion = reader.u32le();
  const packetSize = reader.u32le();
  const typeFlags = payload.readUInt8(26);
  const text = (at: number) => readText(payload, at);
  const extension = payload.readUInt8(27) & 0x10 ? readFeatures(payload) : new Map<number, Buffer>();
  return {
    tdsVersion,
    packetSize,
    hostName: text(36),
    userName: text(40),
    password: unscramble(slice(payload, 44)),
    applicationName: text(48),
    serverName: text(52),
    database: text(68),
    language: text(64),
    readOnlyIntent: (typeFlags & 0x20) !== 0,
    accessToken: readAccessToken(extension.get(feature.fedAuth)),
    utf8Support: extension.has(feature.utf8Support),
  };
}

function slice(payload: Buffer, at: number): Buffer {
  const offset = payload.readUInt16LE(at);
  return payload.subarray(offset, offset + payload.readUInt16LE(at + 2) * 2);
}

function readText(payload: Buffer, at: number): string {
  return slice(payload, at).toString("utf16le");
}

/** Each byte has its halves swapped and is then XORed with 0xA5 ([MS-TDS] 2.2.6.4, Password). */
function unscramble(bytes: Buffer): string {
  const plain = Buffer.from(bytes).map((byte) => {
    const bits = byte ^ 0xa5;
    return ((bits << 4) | (bits >> 4)) & 0xff;
  });
  return Buffer.from(plain).toString("utf16le");
}

/** FeatureExt, [MS-TDS] 2.2.6.4: `ibExtension` points to an offset, which points to the features. */
function readFeatures(payload: Buffer): Map<number, Buffer> {
  const reader = new ByteReader(payload, payload.readUInt32LE(payload.readUInt16LE(56)));
  const features = new Map<number, Buffer>();
  for (let id = reader.u8(); id !== feature.end; id = reader.u8()) features.set(id, reader.bytes(reader.u32le()));
  return features;
}

/** The security token library's form of FEDAUTH, [MS-TDS] 2.2.6.4: options, then a counted UTF-16 token. */
function readAccessToken(data: Buffer | undefined): string | undefined {
  if (data === undefined || data.length < 5 || data.readUInt8(0) >> 1 !== 0x01) return undefined;
  const length = data.readUInt32LE(1);
  return data.subarray(5, 5 + length).toString("utf16le");
}
