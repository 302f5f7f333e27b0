import { expect, it } from "vitest";
import { filesBelow, read } from "../src/repository.ts";

const longest = 250;

/** Source files that are longer, each with the one idea that it still is. */
const accepted: Readonly<Record<string, string>> = {
  "packages/core/src/index.ts": "the list of what is public",
  "packages/adapter-postgres/src/connection.ts": "a connection: every member of the SPI, each a few lines",
  "packages/adapter-postgres/src/session.ts": "what travels ahead of a statement, and where the transaction stands",
  "packages/adapter-oracle/src/connection.ts": "a connection: every member of the SPI, each a few lines",
  "packages/testkit/src/conformance/bench.ts": "what every case of the suite has at hand",
  "packages/testkit/src/conformance/branches.ts": "the cases of one area",
  "packages/testkit/src/conformance/dialect.ts": "the cases of one area",
  "packages/testkit/src/conformance/errors.ts": "the cases of one area",
  "packages/testkit/src/conformance/stream.ts": "the cases of one area",
  "packages/testkit/src/conformance/transactions.ts": "the cases of one area",
  "packages/testkit/src/engine/engine-session.ts": "a session of the small engine",
  "packages/testkit/src/mutants/streaming.ts": "the mutants of one area",
  "packages/wire-servers/src/tds/connection.ts": "one client's connection",
  "packages/wire-servers/src/tds/engine/failure.ts": "one table of what PostgreSQL's errors are on SQL Server",
  "packages/wire-servers/src/tds/engine/procedures.ts": "batches and the system procedures",
  "packages/wire-servers/src/tds/engine/runner.ts": "running a list of statements",
  "packages/wire-servers/src/tds/tsql/ast.ts": "the nodes of one grammar",
  "packages/wire-servers/src/tds/tsql/parse-expression.ts": "the expressions of one grammar",
  "packages/wire-servers/src/tds/tsql/parse-query.ts": "the queries of one grammar",
  "packages/wire-servers/src/tns/session.ts": "one client's session",
  "packages/wire-servers/src/tns/engine/backing-work.ts": "one Oracle session's work on its PostgreSQL session",
  "packages/wire-servers/src/tns/engine/plsql/interpreter.ts": "the statements of one language",
  "packages/wire-servers/src/tns/engine/sql/expression.ts": "translating expressions",
};

it("a source file of more than 250 lines is named here with the one idea it holds", () => {
  const sources = ["packages", "apps", "scripts"].flatMap((folder) => filesBelow(folder, ".ts"));
  const long = sources.filter((path) => !path.includes("/test/") && lineCount(path) > longest);
  const unnamed = long.filter((path) => !Object.hasOwn(accepted, path));
  expect(unnamed.map((path) => `${path} (${lineCount(path)} lines)`)).toEqual([]);
  expect(Object.keys(accepted).filter((path) => !sources.includes(path))).toEqual([]);
});

function lineCount(path: string): number {
  return read(path).trimEnd().split("\n").length;
}
