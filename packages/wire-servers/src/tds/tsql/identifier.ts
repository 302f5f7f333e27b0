import { createHash } from "node:crypto";

/** Longest identifier of PostgreSQL, in bytes. */
const longest = 63;

/** Names that were changed, by what they became; for messages only. */
const written = new Map<string, string>();

/**
 * The name under which PostgreSQL knows an identifier. SQL Server does not tell names apart by their case, and takes 128 characters: a
 * name is folded to lower case, and one that is too long is cut and made unique again by a hash.
 */
export function backingIdentifier(identifier: string): string {
  const folded = identifier.toLowerCase();
  const name = Buffer.byteLength(folded) <= longest ? folded : shortened(folded);
  if (name === identifier) written.delete(name);
  else written.set(name, identifier);
  return name;
}

/** The identifier as somebody wrote it, for messages. */
export function writtenIdentifier(name: string): string {
  return written.get(name) ?? name;
}

function shortened(folded: string): string {
  const hash = createHash("sha256").update(folded).digest("hex").slice(0, 20);
  let kept = folded.slice(0, longest - 21);
  while (Buffer.byteLength(kept) > longest - 21) kept = kept.slice(0, -1);
  return `${kept}~${hash}`;
}
