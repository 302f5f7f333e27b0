/**
 * The collation of the server and its databases: `SQL_Latin1_General_CP1_CI_AS`, code page 1252, the default of an installation in
 * American English. [MS-TDS] 2.2.5.1.2: 20 bits LCID, 8 flag bits (ignore case, kana and width), version, sort id 52.
 */
export const collation = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

const decoder = new TextDecoder("windows-1252");

const bytesByCharacter = new Map(
  Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const),
);

/** Text of the code page, from its bytes. */
export function decodeCodePage(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Text as bytes of the code page; what it lacks becomes `?`, as SQL Server does it. */
export function encodeCodePage(text: string): Buffer {
  return Buffer.from(Array.from(text, (character) => bytesByCharacter.get(character) ?? 0x3f));
}
