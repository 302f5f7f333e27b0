export type { ConversionPlace } from "./conversion.ts";
export { type RowMapper, rowMapper } from "./row-mapper.ts";
export {
  bigintForms,
  checkTypeOptions,
  columnCases,
  dateForms,
  decimalForms,
  jsonForms,
  type TypeOptions,
  timestampForms,
  typeDefaults,
} from "./type-options.ts";
