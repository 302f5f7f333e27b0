import { messageType } from "./codes.ts";
import { TtcWriter } from "./ttc-writer.ts";

const utf8 = 873;
const utf16 = 2000;
/** Index and value of the field version among the compile-time capabilities: Oracle 19.1, whose messages have no fields of later versions. */
const fieldVersionAt = 7;
const fieldVersion = 12;
/** Index and value among the run-time capabilities: VARCHAR2 holds up to 32 767 bytes. */
const stringCapabilityAt = 6;
const longStrings = 0x04;

/** Answers the protocol message; lib/thin/protocol/messages/protocol.js and capabilities.js of oracledb. */
export function protocolAnswer(): Buffer {
  const compileCapabilities = Buffer.alloc(53);
  compileCapabilities[4] = 0xff;
  compileCapabilities[fieldVersionAt] = fieldVersion;
  const runtimeCapabilities = Buffer.alloc(11);
  runtimeCapabilities[stringCapabilityAt] = longStrings;
  const formats = Buffer.alloc(16);
  formats.writeUInt16BE(utf16, 9);
  return new TtcWriter()
    .u8(messageType.protocol)
    .u8(6)
    .u8(0)
    .utf8("mdb-tns-test-server/19\0")
    .u16le(utf8)
    .u8(1)
    .u16le(0)
    .u16be(formats.length)
    .bytes(formats)
    .sized(compileCapabilities)
    .sized(runtimeCapabilities)
    .toBuffer();
}

/** Answers the data-type message with an empty list: everything as the client proposed; lib/thin/protocol/messages/dataType.js of oracledb. */
export function dataTypesAnswer(): Buffer {
  return new TtcWriter().u8(messageType.dataTypes).u16be(0).toBuffer();
}
