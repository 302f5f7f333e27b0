import type { TypeForms } from "./type-of.ts";

/** What to write of a database. */
export interface CodegenOptions {
  /** The schema to read; that of the connection when absent. */
  readonly schema?: string;
  /** Only these tables; all of the schema when absent. */
  readonly tables?: readonly string[];
  /** Properties in camelCase, with `.columns()` where that differs; by default they are. `false`: called as the columns are. */
  readonly camelCase?: boolean;
  /** The database's own `types` option, where it has one; the defaults of the type contract when absent. */
  readonly types?: TypeForms;
}
