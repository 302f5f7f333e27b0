export { bindRow } from "./bind-row.ts";
export { compile, type Parameters } from "./compile.ts";
export { compileCall } from "./compile-call.ts";
export { compileMany, type ManyStatement } from "./compile-many.ts";
export { type Identifier, isSql, type Sql, type SqlValue } from "./fragment.ts";
export { parseTableName, quoteIdentifier, resolveIdentifier } from "./identifier.ts";
export { isParameter, type OutParameter, type TypedParameter } from "./parameter.ts";
export type { StatementTarget } from "./parameter-error.ts";
export { type SqlTag, sql } from "./sql.ts";
