/** What TextDecoder calls the character sets of the server. */
const labels: Readonly<Record<string, string>> = {
  ascii: "utf-8",
  big5: "big5",
  cp1250: "windows-1250",
  cp1251: "windows-1251",
  cp1256: "windows-1256",
  cp1257: "windows-1257",
  euckr: "euc-kr",
  gb18030: "gb18030",
  gbk: "gbk",
  greek: "iso-8859-7",
  hebrew: "iso-8859-8",
  koi8r: "koi8-r",
  koi8u: "koi8-u",
  latin1: "windows-1252",
  latin2: "iso-8859-2",
  ucs2: "utf-16be",
  utf16: "utf-16be",
  utf16le: "utf-16le",
  utf8: "utf-8",
  utf8mb3: "utf-8",
  utf8mb4: "utf-8",
};

/**
 * The text of an output parameter that came as bytes. MySQL sends it in the character set in which it was declared, and calls it binary; MariaDB sends texts.
 * @returns `undefined` for a character set that is not known here: the bytes are what there is then
 */
export function outputText(bytes: Uint8Array, characterSet: string): string | undefined {
  const label = labels[characterSet];
  return label === undefined ? undefined : new TextDecoder(label, { ignoreBOM: true }).decode(bytes);
}
