import type { Call, ResultSet } from "@nsj/mdb-core";
import { quoteName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import { ResultSets } from "./result-sets.ts";
import type { ParameterTypes } from "./values.ts";

/** Runs a stored procedure with named parameters. */
export async function callProcedure(link: Link, types: ParameterTypes, call: Call): Promise<ResultSet> {
  const parameters = call.parameters.map((parameter) => {
    const output = parameter.direction === "out" || parameter.direction === "inout";
    if (output && parameter.type === undefined) {
      throw refusal("parameter", `the output parameter "${parameter.name}" needs a type, as in sql.out("int")`);
    }
    const value = parameter.direction === "out" ? null : parameter.value;
    const typed = output ? types.output(value, parameter.type ?? "") : types.typed(value, parameter);
    return { name: parameter.name.replace(/^@/, ""), output, ...typed };
  });
  let sets: ResultSets | undefined;
  await link.request(quoteName(call.procedure), "callProcedure", (request) => {
    sets = new ResultSets(request);
    for (const { name, output, type, value, facets } of parameters) {
      if (output) request.addOutputParameter(name, type, value, facets);
      else request.addParameter(name, type, value, facets);
    }
  });
  const collected = sets as ResultSets | undefined;
  const result = collected?.chain(false) ?? { columns: [], rows: [], affected: null };
  return {
    ...result,
    out: collected?.out ?? {},
    outTypes: collected?.outTypes ?? {},
    returnValue: collected?.returnValue,
  };
}
