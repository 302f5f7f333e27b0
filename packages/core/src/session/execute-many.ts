import type { DriverConnection, OperationContext, ParameterValue } from "../driver/index.ts";
import { compileMany, type Parameters } from "../sql/index.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Operation } from "./operation.ts";

/** One text with many parameter sets: by the driver's own path, else one statement after another. */
export function executeMany(
  context: DatabaseContext,
  text: string,
  parameterSets: Iterable<Parameters>,
): Operation<{ rowCount: number }>["perform"] {
  const many = compileMany(text, context);
  function* bound(): Generator<readonly ParameterValue[]> {
    let index = 0;
    for (const set of parameterSets) yield many.bind(set, index++);
  }
  return async (connection, operation) => {
    if (context.capabilities.executeMany && connection.executeMany !== undefined) {
      const { affected } = await connection.executeMany(many.text, bound(), operation);
      return { rowCount: affected ?? 0 };
    }
    return { rowCount: await oneByOne(connection, many.text, bound(), operation) };
  };
}

async function oneByOne(
  connection: DriverConnection,
  text: string,
  sets: Iterable<readonly ParameterValue[]>,
  operation: OperationContext,
): Promise<number> {
  let rowCount = 0;
  let index = 0;
  for (const values of sets) {
    try {
      const { affected } = await connection.query({ text, values }, operation);
      rowCount += affected ?? 0;
    } catch (error) {
      if (typeof error === "object" && error !== null) Object.assign(error, { parameterSetIndex: index });
      throw error;
    }
    index++;
  }
  return rowCount;
}
