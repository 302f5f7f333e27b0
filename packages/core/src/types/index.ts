export type { ConversionPlace } from "./conversion.ts";
export { type RowMapper, type RowMappers, rowMapper, rowMappers } from "./row-mapper.ts";
export { checkTypeOptions, type TypeOptions, typeDefaults } from "./type-options.ts";
