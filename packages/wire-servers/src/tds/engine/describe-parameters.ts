import type { ResponseStream } from "../protocol/response-stream.ts";
import type { Statement } from "../tsql/ast.ts";
import { Emission } from "../tsql/emission.ts";
import { emitDelete, emitInsert, emitMerge, emitUpdate } from "../tsql/emit-change.ts";
import { emitQuery } from "../tsql/emit-query.ts";
import { parseBatch, parseParameterList } from "../tsql/parse-statement.ts";
import { plain, typeText } from "../types/sql-type.ts";
import { Frame } from "./frame.ts";
import type { SqlSession } from "./session.ts";
import { SqlServerError } from "./sql-server-error.ts";

/** sp_describe_undeclared_parameters: which types the parameters of a text have that nobody declared. */
export async function describeParameters(
  session: SqlSession,
  text: string,
  declarations: string,
  response: ResponseStream,
): Promise<void> {
  const [statement, ...more] = parseBatch(text);
  if (statement === undefined || more.length > 0) {
    const words = "The metadata could not be determined because the batch contains several statements.";
    throw new SqlServerError(11526, words, { reach: "batch" });
  }
  const frame = new Frame("procedure", session);
  for (const parameter of parseParameterList(declarations)) {
    frame.declare(parameter.name, { type: parameter.type, value: null });
  }
  const emission = new Emission({
    variable: (name) => frame.variable(name),
    database: frame.database,
    acceptsUndeclared: true,
  });
  const written = emitted(statement, emission);
  const types = await session.statement(() => session.postgres.describeParameters(written), true);
  const columns = [
    { name: "parameter_ordinal", type: plain("int"), nullable: false },
    { name: "name", type: { name: "nvarchar", length: 128 }, nullable: false },
    { name: "suggested_system_type_name", type: { name: "nvarchar", length: 256 }, nullable: true },
  ] as const;
  response.columns(columns);
  for (const [index, { name, place }] of emission.undeclared.entries()) {
    const type = session.host.catalog.typeOfOid(types[place - 1] ?? 0);
    await response.row(columns, [String(index + 1), name, typeText(type)]);
  }
  response.done("doneInProcedure", { count: emission.undeclared.length }, 0xc1);
}

function emitted(statement: Statement, emission: Emission): string {
  switch (statement.kind) {
    case "select":
      return emitQuery(statement.query, emission);
    case "insert":
      return emitInsert(statement, emission, false).text;
    case "update":
      return emitUpdate(statement, emission).text;
    case "delete":
      return emitDelete(statement, emission).text;
    case "merge":
      return emitMerge(statement, emission).text;
    default: {
      const words = "The metadata could not be determined because the statement does not support metadata discovery.";
      throw new SqlServerError(11527, words, { reach: "batch" });
    }
  }
}
