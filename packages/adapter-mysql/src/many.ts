import type { ExecuteManyResult, ParameterHint, ParameterValue } from "@nsj/mdb-core";
import type { Session } from "./session.ts";

/**
 * Runs one statement for each set, one after the other: what is sent ahead of a failure would run outside of the transaction that a deadlock has ended. One INSERT of many
 * rows would be quicker, but an error would not tell which set it is about, and a trigger or `last_insert_id()` would see another statement; `bulkInsert` does that. MariaDB's
 * COM_STMT_BULK_EXECUTE does not tell it either, and has to be asked for at the login, which is mysql2's.
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
