import type { ExecuteManyResult, ParameterHint, ParameterValue } from "@nsj/mdb-core";
import type { Session } from "./session.ts";

/**
 * Runs one statement for each set, one after the other: what is sent ahead of a failure would run outside of the transaction that a deadlock has ended.
 * @throws what a set failed with, with its `parameterSetIndex`
 */
export async function executeMany(
  session: Session,
  text: string,
  parameterSets: Iterable<readonly ParameterValue[]>,
  hints: readonly (ParameterHint | undefined)[] | undefined,
): Promise<ExecuteManyResult> {
  return session.ofCaller(text, async () => {
    let affected = 0;
    let parameterSetIndex = 0;
    for (const values of parameterSets) {
      session.interruption.check();
      try {
        const statement = hints === undefined ? { text, values } : { text, values, hints };
        for (const answer of await session.execute(statement)) affected += answer.affected;
      } catch (error) {
        if (typeof error === "object" && error !== null)
          Object.defineProperty(error, "parameterSetIndex", { value: parameterSetIndex });
        throw error;
      }
      parameterSetIndex++;
    }
    return { affected };
  });
}
