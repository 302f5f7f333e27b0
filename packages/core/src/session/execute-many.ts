import type { DriverConnection, OperationContext, ParameterValue } from "../driver/index.ts";
import { compileMany, type ManyStatement, type Parameters } from "../sql/index.ts";
import type { CallersRows } from "./callers-rows.ts";
import type { DatabaseContext } from "./database-context.ts";
import type { Operation } from "./operation.ts";

/** One text with many parameter sets: by the driver's own path, else one statement after another. */
export function executeMany(
  context: DatabaseContext,
  text: string,
  parameterSets: Iterable<Parameters>,
  source: CallersRows,
): Operation<{ rowCount: number }>["perform"] {
  const many = compileMany(text, context);
  function* bound(): Generator<readonly ParameterValue[]> {
    const iterator = source.now(() => parameterSets[Symbol.iterator]());
    const next = (): IteratorResult<Parameters> => iterator.next();
    let index = 0;
    let ended = false;
    try {
      for (let at = source.now(next); at.done !== true; at = source.now(next)) yield many.bind(at.value, index++);
      ended = true;
    } finally {
      if (!ended) source.leave(iterator);
    }
  }
  return async (connection, operation) => {
    const sets = bound();
    const first = sets.next();
    if (first.done === true) return { rowCount: 0 };
    // The first set tells the types that hold for all of them.
    const all = chain(first.value, sets);
    if (context.capabilities.executeMany && connection.executeMany !== undefined) {
      const { affected } = await connection.executeMany(many.text, all, operation, many.hints);
      return { rowCount: affected ?? 0 };
    }
    return { rowCount: await oneByOne(connection, many, all, operation) };
  };
}

function* chain<T>(first: T, rest: Iterable<T>): Generator<T> {
  yield first;
  yield* rest;
}

async function oneByOne(
  connection: DriverConnection,
  { text, hints }: ManyStatement,
  sets: Iterable<readonly ParameterValue[]>,
  operation: OperationContext,
): Promise<number> {
  let rowCount = 0;
  let index = 0;
  for (const values of sets) {
    try {
      const { affected } = await connection.query(
        hints === undefined ? { text, values } : { text, values, hints },
        operation,
      );
      rowCount += affected ?? 0;
    } catch (error) {
      if (typeof error === "object" && error !== null) Object.assign(error, { parameterSetIndex: index });
      throw error;
    }
    index++;
  }
  return rowCount;
}
