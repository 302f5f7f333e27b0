export { booleanCodec, type Codec, type CodecChoice, jsonCodec } from "./codecs.ts";
export { DaoBase, type DaoConstructor } from "./dao-base.ts";
export type { DaoOptions, DaoStreamOptions } from "./dao-options.ts";
export type { Changes, Comparison, Filter, Insert, KeyOf, OrderBy, Upsert } from "./entity-types.ts";
export type { FindFlags, FindOptions, Page, PageAfter, PageAfterRequest, PageRequest } from "./paging.ts";
export { ReadDao } from "./read-dao.ts";
export { defineTable, Table, type TableSpec } from "./table.ts";
export { TransactionalDao, type TransactionalDaoConstructor } from "./transactional-dao.ts";
export type { ManyOptions, Upserted, UpsertOptions, VersionedOptions } from "./write-options.ts";
