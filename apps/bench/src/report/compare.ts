import type { Figure, ScenarioResult } from "../measure/scenario.ts";
import type { Run } from "./run.ts";

const ours = "@nsj/mdb";

/** What has changed since an earlier run: for each of our own figures whether it moved beyond the spread, and whether the order holds. */
export function compare(run: Run, earlier: Run): readonly string[] {
  const lines: string[] = [];
  for (const scenario of run.scenarios) {
    const before = earlier.scenarios.find(({ id }) => id === scenario.id);
    if (before === undefined) continue;
    for (const { contestant, figures } of scenario.results) {
      if (!contestant.startsWith(ours)) continue;
      const was = before.results.find((it) => it.contestant === contestant)?.figures[scenario.chart];
      const is = figures[scenario.chart];
      if (was === undefined || is === undefined) continue;
      const place = `${placeOf(contestant, scenario)} (was ${placeOf(contestant, before)})`;
      lines.push(
        `| ${scenario.id} | ${contestant} | ${was.value.toFixed(2)} | ${is.value.toFixed(2)} | ${verdict(was, is)} | ${place} |`,
      );
    }
  }
  return ["| scenario | | then | now | | place |", "| --- | --- | ---: | ---: | --- | --- |", ...lines];
}

/** Apart only where the middle halves of both do not touch. */
function verdict(was: Figure, is: Figure): string {
  if ((is.low ?? is.value) > (was.high ?? was.value)) return "higher";
  if ((is.high ?? is.value) < (was.low ?? was.value)) return "lower";
  return "same";
}

function placeOf(contestant: string, { results, chart }: ScenarioResult): number {
  const own = results.find((it) => it.contestant === contestant)?.figures[chart]?.value ?? 0;
  const rivals = results.filter((it) => !it.contestant.startsWith(ours));
  return 1 + rivals.filter(({ figures }) => (figures[chart]?.value ?? Number.POSITIVE_INFINITY) < own).length;
}
