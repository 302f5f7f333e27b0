import type { DaoOptions } from "./call-options.ts";

/** What changes many rows at once takes. */
export interface ManyOptions extends DaoOptions {
  /** Allows a filter that says nothing, and so means every row. */
  readonly all?: boolean | undefined;
}

/** What `upsert` takes. */
export interface UpsertOptions<Row extends object> extends DaoOptions {
  /** The columns of the unique constraint that decides whether the entity exists; the primary key by default. */
  readonly conflict?: readonly (keyof Row & string)[] | undefined;
}

/** What `delete` and `restore` take. */
export interface VersionedOptions extends DaoOptions {
  /** The version that the caller has read; `StaleEntityError` when it is another one by now. Left out: no lock. */
  readonly version?: number | bigint | string;
}

/** What `upsert` gives. */
export interface Upserted<Row extends object> {
  readonly entity: Row;
  /** `false`: it existed and was updated. */
  readonly inserted: boolean;
}
