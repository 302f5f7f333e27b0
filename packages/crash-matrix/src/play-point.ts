import { type Bed, recoverAndLook, startCoordinator } from "./bed.ts";
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
  const databases = Object.fromEntries(labels.map((label) => [label, bed.databases[label]]));
  const coordinator = startCoordinator({ databases, decider, id, at, event });
  await coordinator.ended;
  const left = await recoverAndLook(bed, labels, id);
  const [said] = coordinator.told;
  return { told: said?.outcome ?? "nothing", has: left.has, faults: faultsOf(said, left.has, left.prepared) };
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
