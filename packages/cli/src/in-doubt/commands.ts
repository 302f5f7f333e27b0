import type { RecoveryRound } from "@nsj/mdb-core";
import type { Command } from "commander";
import { openModule } from "../open-module.ts";
import { UsageError } from "../usage-error.ts";
import { doubts, isTrouble } from "./doubts.ts";
import { hasLeft, recovered } from "./recovered.ts";
import { doubtTable, recoveredTable } from "./tables.ts";

const labelsHelp = "the names that the databases have in the manager: only in these; in all of them when absent";

interface Shared {
  readonly module: string;
  readonly json?: true;
}

/**
 * Adds what an operator needs for transactions over several databases.
 * @param command - makes a command with the options that all have
 * @param trouble - called where the exit code is to be 1
 */
export function addSpanningCommands(
  command: (name: string, description: string) => Command,
  say: (text: string) => void,
  trouble: () => void,
): void {
  command(
    "in-doubt",
    "lists what transactions over several databases have left prepared; exit code 1 when something waits",
  )
    .argument("[labels...]", labelsHelp)
    .option(
      "--older <seconds>",
      "only what has waited for this long: a transaction that is committing right now is no trouble",
      Number,
      0,
    )
    .action(async (labels: readonly string[], { module, json, older }: Shared & { readonly older: number }) => {
      if (!(older >= 0)) throw new UsageError("--older must be a number of seconds");
      await using opened = await openModule(module);
      const found = await doubts(opened.databases, labels, older);
      if (found.some(isTrouble)) trouble();
      say(json === true ? JSON.stringify(found) : doubtTable(found));
    });

  command(
    "recover",
    "ends what is prepared as it was decided, and rolls back what nobody has decided; exit code 1 when something is left",
  )
    .argument("[labels...]", labelsHelp)
    .action(async (labels: readonly string[], { module, json }: Shared) => {
      await using opened = await openModule(module);
      const { databases } = opened;
      tell(await databases.recover(labels.length === 0 ? {} : { labels }), json);
    });

  command("resolve", "decides by hand over a transaction that nobody has decided, and ends its branches")
    .argument("<id>", "of the transaction, as in-doubt shows it")
    .argument("<end>", "commit or rollback, in all of its databases")
    .option(
      "--force",
      "has to be said: without it nothing is done. recover would roll it back; who commits must know that every database has prepared",
    )
    .action(async (id: string, end: string, { module, json, force }: Shared & { readonly force?: true }) => {
      if (end !== "commit" && end !== "rollback") throw new UsageError('the end is "commit" or "rollback"');
      if (force !== true)
        throw new UsageError("resolve decides over the data of several databases by hand: say --force");
      await using opened = await openModule(module);
      tell(await opened.databases.resolve(id, end, { force: true }), json);
    });

  function tell(round: RecoveryRound, json: true | undefined): void {
    const found = recovered(round);
    if (hasLeft(found)) trouble();
    say(json === true ? JSON.stringify(found) : recoveredTable(found));
  }
}
