import type { DatabaseStats } from "@nsj/mdb-core";
import type { Sample } from "./prometheus-text.ts";

interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/**
 * Branches in doubt of transactions over several databases, by label, as the manager's recovery saw them last. What is not known has no sample: a 0 would say that all is
 * well.
 */
export function doubts(stats: Readonly<Record<string, DatabaseStats>>): readonly [Gauge, Gauge] {
  const counts: Sample[] = [];
  const ages: Sample[] = [];
  for (const [label, { inDoubt }] of Object.entries(stats)) {
    if (inDoubt === undefined) continue;
    const { count, oldestPreparedAt } = inDoubt;
    const labels = { mdb_database: label };
    counts.push({ labels, value: count });
    if (count === 0) ages.push({ labels, value: 0 });
    else if (oldestPreparedAt !== undefined) {
      ages.push({ labels, value: Math.max(0, Date.now() - oldestPreparedAt) / 1_000 });
    }
  }
  return [
    { name: "mdb_in_doubt", help: "Prepared branches whose transaction has not ended.", samples: counts },
    { name: "mdb_in_doubt_age_seconds", help: "The age of the oldest one.", samples: ages },
  ];
}
