export * from "./driver/index.ts";
export * from "./errors/index.ts";
export {
  type DatabaseDefinition,
  type DatabaseOptions,
  databaseOptionRules,
  defineDatabase,
} from "./manager/definitions.ts";
