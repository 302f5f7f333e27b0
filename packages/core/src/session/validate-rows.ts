import { RowValidationError } from "../errors/index.ts";
import type { SchemaIssue, StandardSchema } from "./standard-schema.ts";

/** Where the rows come from, for the error. */
interface RowSource {
  readonly database: string;
  readonly engine: string;
  readonly statement: string;
}

/**
 * Checks each row and gives what the schema makes of it.
 * @param firstIndex - the index of `rows[0]` in the whole result
 * @throws RowValidationError for the first row that does not satisfy the schema
 */
export async function validateRows<T>(
  rows: readonly unknown[],
  schema: StandardSchema<T>,
  source: RowSource,
  firstIndex = 0,
): Promise<T[]> {
  const valid: T[] = [];
  for (const row of rows) {
    const outcome = schema["~standard"].validate(row);
    const result = outcome instanceof Promise ? await outcome : outcome;
    if (result.issues !== undefined) throw rowError(result.issues, firstIndex + valid.length, source);
    valid.push(result.value);
  }
  return valid;
}

function rowError(found: readonly SchemaIssue[], rowIndex: number, source: RowSource): RowValidationError {
  const issues = found.map(({ message, path }) => ({
    message,
    path: (path ?? []).map((step) => (typeof step === "object" ? step.key : step)),
  }));
  const columns = [...new Set(issues.map((issue) => String(issue.path[0] ?? "the row")))];
  return new RowValidationError(
    `${source.database} (${source.engine}): row ${rowIndex} does not satisfy its schema (${columns.join(", ")}); see issues`,
    { ...source, rowIndex, issues },
  );
}
