/** How many lanes the keys of an outbox are spread over. Fixed for ever: a key must not change its lane. */
export const laneCount = 16;

/** How long a relay's statement on the outbox's own tables may take, in milliseconds: what hangs is tried again. */
export const limitMs = 30_000;

/** The names of an outbox's tables. */
export interface OutboxTables {
  readonly messages: string;
  readonly lanes: string;
  readonly dead: string;
  /** What is done and kept for a while. */
  readonly done: string;
  /** What is locked for a key, where the engine has no lock with a name. */
  readonly locks: string;
}

const plainName = /^[a-z][a-z0-9_]{0,23}$/;

/** @throws RangeError for a name that not every engine takes as it is */
export function tablesOf(table: string): OutboxTables {
  checkName(table);
  return {
    messages: table,
    lanes: `${table}_lanes`,
    dead: `${table}_dead`,
    done: `${table}_done`,
    locks: `${table}_locks`,
  };
}

/** @throws RangeError */
export function checkName(table: string): void {
  if (plainName.test(table)) return;
  throw new RangeError(
    `${JSON.stringify(table)} is no name for a table of an outbox: small letters, digits and underscores, 24 at most`,
  );
}

/** The owner of a lane that nobody has. */
export const nobody = "-";

/** Which lane a key has. */
export function laneOf(key: string): number {
  return hashOf(key) % laneCount;
}

/** FNV-1a over UTF-16 code units, the same for ever. */
export function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
