import { ConfigurationError, checkOptions, type OptionRules } from "@nsj/mdb-core";
import { UsageError } from "../usage-error.ts";
import type { TypeForms } from "./type-of.ts";

const rules: OptionRules<TypeForms> = {
  bigint: { type: "string", oneOf: ["auto", "number", "bigint", "string"] },
  decimal: { type: "string", oneOf: ["string", "number"] },
  date: { type: "string", oneOf: ["string", "date"] },
  timestamp: { type: "string", oneOf: ["date", "string"] },
  json: { type: "string", oneOf: ["parsed", "string"] },
};

/** Reads the words of the command line. @throws UsageError */
export function checkTypeForms(json: string): TypeForms {
  try {
    const forms = JSON.parse(json) as TypeForms;
    checkOptions<TypeForms>("--types", forms, rules);
    return forms;
  } catch (error) {
    const why = error instanceof ConfigurationError ? error.message : "it is no JSON";
    throw new UsageError(`--types: ${why}`);
  }
}
