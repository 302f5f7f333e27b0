import { type Place, phases, type StepName } from "./steps.ts";
import type { Event } from "./task.ts";

/** Which databases take part, and which of them decides. */
export interface Topology {
  readonly labels: readonly ("a" | "b" | "c")[];
  readonly decider: "a" | "b" | "c";
}

/** Two PostgreSQL; one and a SQLite file; two and a file. */
export const topologies: readonly Topology[] = [
  { labels: ["a", "b"], decider: "a" },
  { labels: ["a", "b"], decider: "b" },
  { labels: ["a", "c"], decider: "c" },
  { labels: ["a", "b", "c"], decider: "c" },
];

/** One case: what happens, and where. */
export interface Point extends Topology {
  readonly at: Place;
  readonly event: Event;
}

const ofBranch: readonly StepName[] = ["work", "prepare", "finish"];
const ofDecider: readonly StepName[] = ["work", "decide", "commit"];

function places({ labels, decider }: Topology): readonly Place[] {
  return labels.flatMap((label) =>
    (label === decider ? ofDecider : ofBranch).flatMap((step) =>
      phases.map((phase): Place => `${label} ${step} ${phase}`),
    ),
  );
}

/** Every step, with the coordinator killed there, and with each of the servers. */
export const allPoints: readonly Point[] = topologies.flatMap((topology) =>
  places(topology).flatMap((at): readonly Point[] => [
    { ...topology, at, event: { kill: "coordinator" } },
    ...topology.labels
      .filter((label) => label !== "c")
      .map((of): Point => ({ ...topology, at, event: { kill: "server", of } })),
  ]),
);

/** A point in words. */
export function nameOf({ labels, decider, at, event }: Point): string {
  const who =
    "wait" in event ? "a pause" : event.kill === "server" ? `server ${event.of} killed` : "coordinator killed";
  return `${labels.join("+")}, ${decider} decides: ${who} at "${at}"`;
}
