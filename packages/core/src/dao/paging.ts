import type { Sql } from "../sql/index.ts";
import type { Filter, OrderBy } from "./entity-types.ts";

/** Which entities a finder sees. */
export interface FindFlags {
  /** Also entities that were deleted softly. */
  readonly withDeleted?: boolean | undefined;
}

/** What `findBy`, `findAll` and `stream` take beside a filter. */
export interface FindOptions<Row extends object> extends FindFlags {
  /** None by default. */
  readonly orderBy?: OrderBy<Row> | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** What `page` is asked for. */
export interface PageRequest<Row extends object> extends FindFlags {
  readonly where?: Filter<Row> | Sql;
  readonly orderBy?: OrderBy<Row> | undefined;
  /** Rows per page; at least 1. */
  readonly limit: number;
  /** Rows to skip; 0 by default. */
  readonly offset?: number | undefined;
}

/** One page by offset. */
export interface Page<Row extends object> {
  readonly items: Row[];
  /** Rows on all pages together. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

/** What `pageAfter` is asked for. */
export interface PageAfterRequest<Row extends object> extends FindFlags {
  readonly where?: Filter<Row> | Sql;
  readonly orderBy?: OrderBy<Row> | undefined;
  /** Rows per page; at least 1. */
  readonly limit: number;
  /** The `next` of the page before; absent for the first page. */
  readonly after?: string | undefined;
}

/** One page by keyset. */
export interface PageAfter<Row extends object> {
  readonly items: Row[];
  /** Where the next page begins; `undefined` behind the last page. Opaque, and fit for a URL. */
  readonly next: string | undefined;
}
