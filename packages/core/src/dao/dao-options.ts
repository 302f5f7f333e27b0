import { checkOptions, type OptionRules } from "../driver/index.ts";
import type { StatementOptions, StreamOptions } from "../session/index.ts";
import type { DaoOptions } from "./call-options.ts";
import type { FindFlags, FindOptions, PageAfterRequest, PageRequest } from "./paging.ts";
import type { ManyOptions, UpsertOptions, VersionedOptions } from "./write-options.ts";

export type { DaoOptions };

/** What a DAO's own queries take: a schema for rows that are none of the table's. */
export type DaoQueryOptions<T> = DaoOptions & Pick<StatementOptions<T>, "schema">;

/** What `stream` of a DAO takes as its last argument. */
export type DaoStreamOptions = DaoOptions & Pick<StreamOptions, "fetchSize">;

/** The same object for every call without options, so that the common case costs no check. */
export const noOptions: DaoOptions = Object.freeze({});

const every: OptionRules<DaoOptions> = {
  signal: { type: "object" },
  timeoutMs: { type: "milliseconds" },
  name: { type: "string" },
};
const flags: OptionRules<FindFlags> = { withDeleted: { type: "boolean" } };
// Windows, orders and versions are checked where they are used.
const find: OptionRules<FindOptions<object>> = {
  ...flags,
  orderBy: { type: "object" },
  limit: { type: "any" },
  offset: { type: "any" },
};
/** The options that each kind of call knows. */
const rules = {
  every,
  query: { ...every, schema: { type: "any" } },
  flags: { ...every, ...flags },
  find: { ...every, ...find },
  stream: { ...every, ...find, fetchSize: { type: "count" } },
  many: { ...every, all: { type: "boolean" } } satisfies OptionRules<ManyOptions>,
  upsert: { ...every, conflict: { type: "any" } } satisfies OptionRules<UpsertOptions<object>>,
  versioned: { ...every, version: { type: "any" } } satisfies OptionRules<VersionedOptions>,
  page: { ...find, where: { type: "any" } } satisfies OptionRules<PageRequest<object>>,
  pageAfter: {
    ...flags,
    where: { type: "any" },
    orderBy: { type: "object" },
    limit: { type: "any" },
    after: { type: "any" },
  } satisfies OptionRules<PageAfterRequest<object>>,
} as const;

/** The calls of a DAO by the options that they take. */
export type DaoCallKind = keyof typeof rules;

/** @throws ConfigurationError for an option that this kind of call does not know, or a value of the wrong type */
export function checkDaoOptions(place: string, kind: DaoCallKind, options: object): void {
  checkOptions<object>(place, options, rules[kind]);
}
