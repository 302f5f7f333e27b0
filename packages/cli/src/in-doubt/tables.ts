import { table } from "../table.ts";
import type { Doubt } from "./doubts.ts";
import type { RecoveredRound } from "./recovered.ts";

/** What an operator does about it. */
const advice: Readonly<Record<Doubt["decision"], string>> = {
  committed: "committed: mdb recover commits it here too",
  "rolled back": "rolled back: mdb recover rolls it back here too",
  undecided: "undecided: it may be about to end; mdb recover rolls it back everywhere",
  unreachable:
    "unreachable: bring back the database that cannot be asked, and nothing is lost; mdb recover goes on then",
  foreign: "foreign: of another application, or decided in a database that this module does not know; left alone",
};

function nameIn({ label, key }: { readonly label: string; readonly key?: string }): string {
  return key === undefined ? label : `${label} "${key}"`;
}

export function doubtTable(found: readonly Doubt[]): string {
  if (found.length === 0) return "nothing is in doubt";
  const rows = found.map(({ preparedAt, decision, id, identifier, branches, error, ...database }) => [
    nameIn(database),
    decision,
    preparedAt ?? "",
    id ?? identifier ?? "",
    branches?.join(", ") ?? "",
    error ?? "",
  ]);
  const kinds = new Set(found.map(({ decision }) => decision));
  const lines = [...kinds].map((kind) => advice[kind]);
  return [table(["database", "decision", "prepared at", "transaction", "with", ""], rows), "", ...lines].join("\n");
}

export function recoveredTable({ branches, unreachable }: RecoveredRound): string {
  const lost = unreachable.map(({ error, ...database }) => `${nameIn(database)} could not be asked: ${error}`);
  if (branches.length === 0) return lost.length === 0 ? "nothing is prepared" : lost.join("\n");
  const rows = branches.map(({ decision, result, id, identifier, error, ...database }) => [
    nameIn(database),
    decision,
    result,
    id ?? identifier,
    error ?? "",
  ]);
  return [table(["database", "decision", "result", "transaction", ""], rows), ...lost].join("\n");
}
