import type { ParameterValue, Statement } from "@nsj/mdb-core";
import type { Encoded } from "./encoded.ts";
import { ManyFlight } from "./many-flight.ts";
import type { Session } from "./session.ts";
import { encodeStatement } from "./statement-text.ts";

/** Sets and bytes of one write: enough to hide the round trip, little enough to stay out of memory's way. */
const maxSets = 1_000;
const maxBytes = 1_048_576;

/** Runs one text with many parameter sets, write after write. Gives the rows affected by all of them. */
export async function executeMany(
  session: Session,
  text: string,
  parameterSets: Iterable<readonly ParameterValue[]>,
  hints: Statement["hints"],
): Promise<number> {
  let affected = 0;
  let index = 0;
  let bytes = 0;
  let sets: Encoded[] = [];
  const send = async (): Promise<void> => {
    const [batch, firstIndex] = [sets, index - sets.length];
    sets = [];
    bytes = 0;
    affected += await session.send((ahead) => new ManyFlight(session, ahead, batch, firstIndex));
  };
  session.changes.sent(text);
  session.trace.skipped();
  for (const values of parameterSets) {
    const set = encodeSet({ text, values, ...(hints !== undefined && { hints }) }, index);
    sets.push(set);
    index++;
    for (const value of set.values) bytes += value?.length ?? 0;
    if (sets.length >= maxSets || bytes >= maxBytes) await send();
  }
  if (sets.length > 0) await send();
  return affected;
}

function encodeSet(statement: Statement, parameterSetIndex: number): Encoded {
  try {
    return encodeStatement(statement);
  } catch (error) {
    throw Object.assign(error as object, { parameterSetIndex });
  }
}
