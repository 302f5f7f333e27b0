import { type Bed, type Coordinator, placesOf, recoverAndLook, startCoordinator } from "./bed.ts";
import type { Point } from "./points.ts";
import type { Told } from "./task.ts";

/** What became of one point. */
export interface Played {
  readonly told: Told["outcome"] | "nothing";
  readonly has: Readonly<Record<string, boolean>>;
  /** In words; empty when all is well. */
  readonly faults: readonly string[];
}

let lastId = 0;

/** A row that no other transaction of this run has. */
export function nextId(): number {
  lastId += 1;
  return lastId;
}

/** Runs one transaction in a process of its own, lets happen what has to, recovers from this one, and looks. */
export async function playPoint(bed: Bed, { labels, decider, at, event }: Point): Promise<Played> {
  const id = nextId();
  const databases = placesOf(bed, labels);
  const coordinator = startCoordinator({ databases, decider, id, at, event });
  const restarted =
    "kill" in event && event.kill === "server" && event.of === "m" ? restart(bed, coordinator) : undefined;
  await coordinator.ended;
  await restarted;
  const left = await recoverAndLook(bed, labels, id);
  const [said] = coordinator.told;
  return { told: said?.outcome ?? "nothing", has: left.has, faults: faultsOf(said, left.has, left.prepared) };
}

/** MariaDB is ours to kill and to start again: the process asks for it where it stands, and goes on as soon as the server is gone. */
async function restart({ mariadb }: Bed, coordinator: Coordinator): Promise<void> {
  await Promise.race([coordinator.waits, coordinator.ended]);
  await mariadb?.kill();
  coordinator.goOn();
  await mariadb?.restart();
}

/** What is wrong with what is left. */
export function faultsOf(
  told: Told | undefined,
  has: Readonly<Record<string, boolean>>,
  prepared: number,
): readonly string[] {
  const faults: string[] = [];
  const all = new Set(Object.values(has));
  if (all.size > 1) faults.push(`torn: ${JSON.stringify(has)}`);
  if (prepared > 0) faults.push(`${prepared} left prepared`);
  if (told?.outcome === "committed" && all.has(false)) faults.push("told committed");
  if (told?.outcome === "rolled back" && all.has(true)) faults.push(`told rolled back: ${told.error}`);
  return faults;
}
