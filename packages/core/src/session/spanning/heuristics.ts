import { HeuristicOutcomeError } from "../../errors/index.ts";
import { branchLabelOf, branchNameOf, type DatabaseContext, nameOf } from "../database-context.ts";
import { onConnection } from "./finish-branch.ts";
import type { InDoubt } from "./in-doubt.ts";
import { tellInDoubt } from "./spanning-events.ts";

/** How many branches are remembered that somebody has finished against the decision. */
const most = 100;

/** What this process has seen finished against the decision. */
export class Heuristics {
  /** The last ones, for whoever asks what is in doubt. */
  readonly last: InDoubt[] = [];

  /** Looks after a branch that is gone; see {@link tellGone}. Never rejects. */
  async look(...about: Parameters<typeof tellGone>): Promise<void> {
    const found = await tellGone(...about);
    if (found === undefined) return;
    this.last.push(found);
    this.last.splice(0, this.last.length - most);
  }
}

/**
 * Looks after a branch that was gone when it was to be finished. Most often another recovery was quicker; what an administrator has decided
 * otherwise is told, where the server still knows it. Never rejects.
 * @param native - the server's own number of the branch
 * @returns what was told
 */
async function tellGone(
  context: DatabaseContext,
  id: string,
  native: string | undefined,
  decision: "committed" | "rolled back",
  limitMs: number,
): Promise<InDoubt | undefined> {
  if (native === undefined || context.capabilities.fates !== true) return undefined;
  const { engine } = context;
  const database = branchLabelOf(context);
  try {
    const found = await onConnection(context, limitMs, async (it, operation) => it.fateOf?.(native, operation));
    if ((found !== "committed" && found !== "rolled back") || found === decision) return undefined;
    const message = `${nameOf(context)}: the transaction ${id} was ${decision}, but somebody has finished its branch here otherwise: it is ${found}`;
    const error = new HeuristicOutcomeError(message, { database, engine, transactionId: id, decision, found });
    const about = { id, ...branchNameOf(context), engine, decision, error };
    tellInDoubt({ manager: context.tally.manager, ...about });
    return about;
  } catch {
    // It was only a look: the branch is gone in any case.
    return undefined;
  }
}
