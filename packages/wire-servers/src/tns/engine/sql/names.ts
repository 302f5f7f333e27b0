import { createHash } from "node:crypto";
import type { TokenStream } from "./token-stream.ts";

const longestName = 128;

/** Words that Oracle keeps for itself: no name without quotes can be one of them. */
const reserved = new Set(
  (
    "ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER COLUMN COMMENT COMPRESS CONNECT CREATE CURRENT DATE DECIMAL " +
    "DEFAULT DELETE DESC DISTINCT DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN INCREMENT INDEX " +
    "INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG MAXEXTENTS MINUS MLSLABEL MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL " +
    "NUMBER OF OFFLINE ON ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM ROWS SELECT SESSION SET " +
    "SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 " +
    "VIEW WHENEVER WHERE WITH"
  ).split(" "),
);

/** Says whether the next token can be a name. */
export function isName(stream: TokenStream, ahead = 0): boolean {
  const token = stream.peek(ahead);
  return token.kind === "quoted" || (token.kind === "word" && !reserved.has(token.value));
}

/** Reads one name, in upper case where it has no quotes. @throws OracleError with this number where there is none. */
export function name(stream: TokenStream, number = 904, words = "invalid identifier"): string {
  if (!isName(stream))
    throw stream.error(number, `${stream.peek().value === "" ? "" : `"${stream.peek().value}": `}${words}`);
  const token = stream.peek();
  if (Buffer.byteLength(token.value) > longestName) throw stream.error(972, "identifier is too long");
  stream.next();
  return token.value;
}

/** Reads `a`, `a.b` or `a.b.c`. */
export function qualifiedName(stream: TokenStream, number = 904, words = "invalid identifier"): string[] {
  const parts = [name(stream, number, words)];
  while (stream.is(".") && isName(stream, 1)) {
    stream.next();
    parts.push(name(stream, number, words));
  }
  return parts;
}

/** A table's name. */
export function tableName(stream: TokenStream): string[] {
  const parts = qualifiedName(stream, 903, "invalid table name");
  if (stream.is("@")) throw stream.refuse("a database link");
  return parts;
}

/** The longest name of PostgreSQL, in bytes. */
const longestBackingName = 63;
/** The short names that stand for longer ones in PostgreSQL; the same everywhere, because they are made from the long ones. */
const longNames = new Map<string, string>();

/** An identifier of PostgreSQL. A name that is too long for it is shortened in a way that {@link originalName} knows. */
export function quoted(part: string): string {
  let backing = part;
  if (Buffer.byteLength(part) > longestBackingName) {
    backing = `long name ${createHash("sha256").update(part).digest("hex").slice(0, 40)}`;
    longNames.set(backing, part);
  }
  return `"${backing.replaceAll('"', '""')}"`;
}

/** Names of columns in parentheses, for PostgreSQL. */
export function columnList(stream: TokenStream): string {
  stream.expect("(");
  const columns = [quoted(name(stream))];
  while (stream.accept(",")) columns.push(quoted(name(stream)));
  stream.expect(")");
  return `(${columns.join(", ")})`;
}

/** The name as Oracle's client knows it. */
export function originalName(backing: string): string {
  return longNames.get(backing) ?? backing;
}

/** A name of several parts for PostgreSQL. */
export function quotedPath(parts: readonly string[]): string {
  return parts.map(quoted).join(".");
}

/** A string literal of PostgreSQL. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
