import type { ColumnInfo, ResultSet } from "../driver/index.ts";
import { UnsupportedError } from "../errors/index.ts";
import { compileCall, type Identifier } from "../sql/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { CallResult, ResultSetRows } from "./executor.ts";
import type { Operation } from "./operation.ts";
import { rowsOf } from "./result-rows.ts";

/** A stored procedure, ready to run. @throws UnsupportedError when the engine has none */
export function callProcedure(
  context: DatabaseContext,
  procedure: string | Identifier,
  parameters: Readonly<Record<string, unknown>>,
): { readonly text: string; readonly perform: Operation<ResultSet>["perform"] } {
  refuseWithoutProcedures(context);
  const call = compileCall(procedure, parameters, context);
  return {
    text: `call ${call.procedure.join(".")}`,
    perform(connection, operation) {
      // The first connection may have told that its server has none.
      refuseWithoutProcedures(context);
      if (connection.call === undefined) throw new Error("the driver declares procedures but has no call()");
      return connection.call(call, operation);
    },
  };
}

function refuseWithoutProcedures(context: DatabaseContext): void {
  if (context.capabilities.procedures) return;
  throw new UnsupportedError(`${nameOf(context)}: the engine has no stored procedures`, context);
}

/** What a procedure gave, for its caller. */
export function callResult(context: DatabaseContext, result: ResultSet): CallResult {
  const resultSets: ResultSetRows[] = [];
  for (let set: ResultSet | undefined = result; set !== undefined; set = set.next) {
    if (set.columns.length > 0) resultSets.push(rowsOf(context, set));
  }
  return { ...outputsOf(context, result), resultSets };
}

/** The values of output parameters and what was returned, as the type contract wants them. */
function outputsOf(
  context: DatabaseContext,
  { out = {}, outTypes = {}, returnValue, returnType = "any" }: ResultSet,
): { readonly out: Readonly<Record<string, unknown>>; readonly returnValue: unknown } {
  const names = Object.keys(out);
  const columns = names.map((name) => column(name, outTypes[name] ?? "any"));
  const decoded = context.mapperAs(columns, names).toObject(names.map((name) => out[name])) as Record<string, unknown>;
  if (returnValue === undefined) return { out: decoded, returnValue };
  const returned = context.mapperAs([column("return value", returnType)], ["return value"]);
  return { out: decoded, returnValue: returned.first([returnValue]) };
}

function column(name: string, type: ColumnInfo["type"]): ColumnInfo {
  return { name, type, databaseType: "" };
}
