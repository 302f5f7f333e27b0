import { ConfigurationError, checkOptions } from "@nsj/mdb-core";

/** Where the database is, and how long to wait for a lock. */
export interface NodeSqliteOptions {
  /** A path, created when it is missing, or `":memory:"` for a database that lives as long as its pool. */
  readonly filename: string;
  /** How long a statement waits for another connection's write to end, in milliseconds. Default 5 000. */
  readonly lockTimeoutMs?: number;
}

export const optionKeys = ["filename", "lockTimeoutMs"] as const;

/** Checks what the user wrote, and fills in the defaults. */
export function readOptions(options: NodeSqliteOptions): Required<NodeSqliteOptions> {
  checkOptions<NodeSqliteOptions>("node-sqlite", options, {
    filename: { type: "string", required: true },
    lockTimeoutMs: { type: "milliseconds" },
  });
  const { filename, lockTimeoutMs = 5_000 } = options;
  // SQLite reads these as something else than the name of a file, and may give each connection a database of its own.
  if (filename === "" || filename.startsWith("file:") || filename.includes("\0")) {
    throw new ConfigurationError('node-sqlite: option "filename" must be a path or ":memory:"', { key: "filename" });
  }
  return { filename, lockTimeoutMs };
}

/** `node-sqlite:audit.db`, `node-sqlite:/var/lib/audit.db`, `node-sqlite::memory:`. */
export function parseUrl(url: string): NodeSqliteOptions {
  const [, filename] = /^node-sqlite:(?!\/\/)(.+)$/is.exec(url) ?? [];
  if (filename === undefined) throw new ConfigurationError("node-sqlite: a URL looks like node-sqlite:path/to/file.db");
  return { filename };
}
