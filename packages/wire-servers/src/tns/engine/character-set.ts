/** What a database keeps VARCHAR2, CHAR, CLOB and the texts of statements in. NVARCHAR2, NCHAR and NCLOB are AL16UTF16 beside either. */
export type CharacterSet = "AL32UTF8" | "WE8MSWIN1252";

/** The characters of WE8MSWIN1252; the bytes that it has no use for are left out. */
const windows1252: ReadonlySet<string> = new Set(
  new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
);

/**
 * A text as the database has it once it was converted: for a character that its character set lacks there is the replacement character, without
 * an error.
 *
 * @see https://docs.oracle.com/en/database/oracle/oracle-database/19/nlspg/choosing-character-set.html "Conversion ... replacement characters"
 */
export function convertedTo(characterSet: CharacterSet, text: string): string {
  if (characterSet === "AL32UTF8") return text;
  return Array.from(text, (character) => (windows1252.has(character) ? character : "\u{bf}")).join("");
}

/** The function of PostgreSQL that counts a text's bytes in the character set. */
export function byteLengthSetup(characterSet: CharacterSet): string {
  const length = characterSet === "AL32UTF8" ? "octet_length" : "char_length";
  return `CREATE FUNCTION ora.lengthb(text) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT pg_catalog.${length}($1)::numeric $$;`;
}
