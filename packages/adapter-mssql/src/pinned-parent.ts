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

/**
 * A parent for mssql's classes that hands out one connection only, as its own transactions do.
 * @param prepare - brings the session to what it is to be before each of them gets it
 */
export function pinnedParent(
  native: NativeConnection,
  pool: NativePool,
  prepare: () => void | Promise<void>,
): PinnedParent {
  const { config } = pool as unknown as { readonly config: unknown };
  return {
    get connected() {
      return !native.closed;
    },
    config,
    collation: native.databaseCollation,
    acquire(_requester, done) {
      const prepared = (async () => prepare())();
      if (done === undefined) return prepared.then(() => native);
      prepared.then(
        () => done(null, native, config),
        (error: Error) => done(error, native, config),
      );
      return this;
    },
    release() {
      return this;
    },
  };
}
