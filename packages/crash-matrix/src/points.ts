import { type Place, phases, type StepName } from "./steps.ts";
import type { Event } from "./task.ts";

/** Two PostgreSQL servers `a` and `b`, a SQLite file `c`, a MariaDB server `m`, and `t`, a tenant who shares `b`. */
export type Label = "a" | "b" | "c" | "m" | "t";

/** Which databases take part, and which of them decides. */
export interface Topology {
  readonly labels: readonly Label[];
  readonly decider: Label;
}

/** Two PostgreSQL; one and a SQLite file; two and a file; MariaDB as a branch, as the decider, and with both others; and a tenant as a branch. */
export const topologies: readonly Topology[] = [
  { labels: ["a", "b"], decider: "a" },
  { labels: ["a", "b"], decider: "b" },
  { labels: ["a", "c"], decider: "c" },
  { labels: ["a", "b", "c"], decider: "c" },
  { labels: ["m", "a"], decider: "a" },
  { labels: ["a", "m"], decider: "m" },
  { labels: ["a", "m", "c"], decider: "c" },
  { labels: ["t", "a"], decider: "a" },
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

/** Every step, with the coordinator killed there, and with each of the servers, for the databases that are there. */
export function allPoints(databases: Readonly<Partial<Record<Label, string>>>): readonly Point[] {
  return topologies
    .filter(({ labels }) => labels.every((label) => databases[label] !== undefined))
    .flatMap((topology) =>
      places(topology).flatMap((at): readonly Point[] => [
        { ...topology, at, event: { kill: "coordinator" } },
        ...topology.labels
          .filter((label) => label !== "c")
          .map((of): Point => ({ ...topology, at, event: { kill: "server", of } })),
      ]),
    );
}

/** A point in words. */
export function nameOf({ labels, decider, at, event }: Point): string {
  const who =
    "wait" in event ? "a pause" : event.kill === "server" ? `server ${event.of} killed` : "coordinator killed";
  return `${labels.join("+")}, ${decider} decides: ${who} at "${at}"`;
}
