import { type Place, phases, type StepName } from "./steps.ts";
import type { Event } from "./task.ts";

/** Two PostgreSQL servers `a` and `b`, a SQLite file `c`, a MariaDB server `m`; `t`, a tenant who shares `b`, and `o`, one with a database of its own there. */
export type Label = "a" | "b" | "c" | "m" | "o" | "t";

/** Which databases take part, and which of them decides. */
export interface Topology {
  readonly labels: readonly Label[];
  readonly decider: Label;
}

/** Two PostgreSQL; one and a SQLite file; two and a file; MariaDB as a branch, as the decider, and with both others; and tenants as branches. */
export const topologies: readonly Topology[] = [
  { labels: ["a", "b"], decider: "a" },
  { labels: ["a", "b"], decider: "b" },
  { labels: ["a", "c"], decider: "c" },
  { labels: ["a", "b", "c"], decider: "c" },
  { labels: ["m", "a"], decider: "a" },
  { labels: ["a", "m"], decider: "m" },
  { labels: ["a", "m", "c"], decider: "c" },
  { labels: ["t", "a"], decider: "a" },
  { labels: ["o", "a"], decider: "a" },
  { labels: ["b", "o", "c"], decider: "c" },
];

/** One case: what happens, and where. */
export interface Point extends Topology {
  readonly at: Place;
  readonly event: Event;
}

const ofBranch: readonly StepName[] = ["work", "prepare", "finish"];
const ofDecider: readonly StepName[] = ["work", "decide", "commit"];

const ofNotingDecider: readonly StepName[] = ["note", "noted", ...ofDecider];

function places({ labels, decider }: Topology): readonly Place[] {
  const isNoted = labels.includes("o");
  return labels.flatMap((label) =>
    (label !== decider ? ofBranch : isNoted ? ofNotingDecider : ofDecider).flatMap((step) =>
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
