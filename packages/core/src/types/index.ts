export type { ConversionPlace } from "./conversion.ts";
export { type RowMapper, rowMapper } from "./row-mapper.ts";
export { checkTypeOptions, type TypeOptions, typeDefaults } from "./type-options.ts";
