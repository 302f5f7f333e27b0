import { CommitOutcomeUnknownError } from "@nsj/mdb-core";
import { crashPostgres } from "@nsj/mdb-wire-servers";
import { asTenant, openDatabases } from "./databases.ts";
import type { Place } from "./steps.ts";
import { isMariadb, type Task, type Told, urlOf, waiting } from "./task.ts";

// One process with a coordinator in it: runs what its argument says, and tells what it was told.
const task = JSON.parse(process.argv[2] ?? "{}") as Task;
let isDone = false;

/** Ends here, or goes on after what happens at this place. */
async function at(place: Place): Promise<void> {
  const pause = task.pauseMs ?? 0;
  if (pause > 0 && place === `${task.decider} decide answered`)
    await new Promise((resolve) => setTimeout(resolve, pause));
  if (place !== task.at || isDone || task.event === undefined) return;
  isDone = true;
  if ("wait" in task.event || (task.event.kill === "server" && isMariadb(task.databases[task.event.of] ?? ""))) {
    process.stdout.write(`${waiting}\n`);
    await new Promise((resolve) => process.stdin.once("data", resolve));
    process.stdin.destroy();
  } else if (task.event.kill === "coordinator") {
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => undefined);
  } else {
    const where = task.databases[task.event.of] ?? "";
    await crashPostgres(urlOf(where));
  }
}

const databases = openDatabases(task.databases, at);
const labels = Object.keys(task.databases);

async function once(id: number): Promise<Told> {
  try {
    await asTenant(() =>
      databases.transaction(
        labels,
        async (transactions) => {
          for (const label of labels) {
            await transactions[label]?.execute("insert into work (id) values (:id)", { id });
          }
        },
        { decider: task.decider, timeoutMs: task.timeoutMs ?? 20_000 },
      ),
    );
    return { id, outcome: "committed" };
  } catch (error) {
    const outcome = error instanceof CommitOutcomeUnknownError ? "unknown" : "rolled back";
    return { id, outcome, error: String(error) };
  }
}

function tell(told: Told): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

if (task.forEver === true) for (let id = task.id; ; id++) tell(await once(id));
tell(await once(task.id));
await databases.close({ timeoutMs: 1_000 });
