import type { DialectFacts, LexicalFeature } from "../../src/driver/index.ts";
import { ParameterError } from "../../src/errors/index.ts";
import { compile, type Parameters, type Sql, type StatementTarget } from "../../src/sql/index.ts";

/** Facts as the four engines have them, written out here so that a change in an adapter cannot change what these tests mean. */
function dialect(facts: Partial<DialectFacts>): DialectFacts {
  return Object.freeze({
    placeholder: "question",
    quote: ['"', '"'],
    foldCase: "none",
    maxIdentifier: { length: 128, unit: "chars" },
    maxParameters: 32_766,
    maxInList: Number.POSITIVE_INFINITY,
    maxRowsPerValues: Number.POSITIVE_INFINITY,
    limit: "limit-offset",
    returning: { insert: "returning", update: "returning", delete: "returning" },
    upsert: "on-conflict",
    upsertInserted: null,
    patternMatch: "like",
    nullsSort: "low",
    emptyStringIsNull: false,
    arrayParameters: false,
    booleanType: "native",
    transactionalDdl: true,
    selectNeedsFrom: null,
    lexical: [] as readonly LexicalFeature[],
    ...facts,
  } as const);
}

export const postgres: StatementTarget = {
  database: "orders",
  engine: "postgres",
  dialect: dialect({
    placeholder: "dollar",
    foldCase: "lower",
    maxIdentifier: { length: 63, unit: "bytes" },
    maxParameters: 65_535,
    arrayParameters: true,
    lexical: ["dollarQuotes", "backslashEscapes", "nestedComments", "slices"],
  }),
};

export const sqlite: StatementTarget = {
  database: "audit",
  engine: "sqlite",
  dialect: dialect({ lexical: ["brackets", "backticks"] }),
};

export const mssql: StatementTarget = {
  database: "sales",
  engine: "mssql",
  dialect: dialect({
    placeholder: "at-name",
    quote: ["[", "]"],
    maxParameters: 2_100,
    maxRowsPerValues: 1_000,
    lexical: ["brackets", "nestedComments"],
  }),
};

export const oracle: StatementTarget = {
  database: "erp",
  engine: "oracle",
  dialect: dialect({
    placeholder: "colon-number",
    quoteInNames: false,
    foldCase: "upper",
    maxIdentifier: { length: 30, unit: "bytes" },
    maxParameters: 65_535,
    maxInList: 1_000,
    maxRowsPerValues: 1,
    selectNeedsFrom: "dual",
    lexical: ["qQuotes"],
  }),
};

export const targets: readonly StatementTarget[] = [postgres, sqlite, mssql, oracle];

/** The text that a statement gives on each of the four, in the order of `targets`. */
export function texts(statement: Sql): readonly string[] {
  return targets.map((target) => compile(statement, undefined, target).text);
}

/** The error of a statement that must be refused. */
export function refusal(
  statement: Sql | string,
  parameters?: Parameters,
  target: StatementTarget = postgres,
): ParameterError {
  return thrown(() => compile(statement, parameters, target));
}

/** The `ParameterError` that `work` throws. */
export function thrown(work: () => unknown): ParameterError {
  try {
    work();
  } catch (error) {
    if (error instanceof ParameterError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
