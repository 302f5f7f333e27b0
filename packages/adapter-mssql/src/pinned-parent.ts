import type { NativeConnection, NativePool } from "./native.ts";

/** What mssql's `Request`, `Transaction` and `PreparedStatement` ask of the pool that they are made for. */
interface PinnedParent {
  readonly connected: boolean;
  readonly config: unknown;
  readonly collation: unknown;
  acquire(
    requester: unknown,
    done?: (error: Error | null, connection: NativeConnection, config: unknown) => void,
  ): unknown;
  release(connection: unknown): unknown;
}

/** A parent for mssql's classes that hands out one connection only, as its own transactions do. */
export function pinnedParent(native: NativeConnection, pool: NativePool): PinnedParent {
  const { config } = pool as unknown as { readonly config: unknown };
  return {
    get connected() {
      return !native.closed;
    },
    config,
    collation: native.databaseCollation,
    acquire(_requester, done) {
      if (done === undefined) return Promise.resolve(native);
      done(null, native, config);
      return this;
    },
    release() {
      return this;
    },
  };
}
