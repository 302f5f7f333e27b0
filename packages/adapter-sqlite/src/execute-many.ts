import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  Clock,
  ExecuteManyResult,
  MaybePromise,
  OperationContext,
  ParameterValue,
  ResultSet,
} from "@nsj/mdb-core";
import { refuseLate } from "./patience.ts";

/** After so many sets everybody else in the process gets a turn. */
const setsPerTurn = 1_000;

/**
 * Runs one prepared statement with each set of parameters.
 *
 * @param runSet - runs it once
 * @throws the error of the first set that fails, with its `parameterSetIndex`
 */
export async function executeMany(
  parameterSets: Iterable<readonly ParameterValue[]>,
  context: OperationContext,
  clock: Clock,
  runSet: (set: readonly ParameterValue[]) => MaybePromise<ResultSet>,
): Promise<ExecuteManyResult> {
  let affected = 0;
  let index = 0;
  for (const set of parameterSets) {
    if (index > 0 && index % setsPerTurn === 0) {
      await nextTurn();
      refuseLate(context, clock);
    }
    try {
      const ran = runSet(set);
      const result = ran instanceof Promise ? await ran : ran;
      affected += result.affected ?? 0;
    } catch (error) {
      throw withIndex(error, index);
    }
    index += 1;
  }
  return { affected };
}

function withIndex(error: unknown, parameterSetIndex: number): unknown {
  // A native error belongs to this call alone; a property on it keeps its class and its code.
  return typeof error === "object" && error !== null ? Object.assign(error, { parameterSetIndex }) : error;
}
