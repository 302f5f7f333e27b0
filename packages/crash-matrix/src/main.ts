import { mysqlNeeded } from "@nsj/mdb-wire-servers";
import { makeBed } from "./bed.ts";
import { type ChaosOptions, chaos } from "./chaos.ts";
import { playPoint } from "./play-point.ts";
import { allPoints, nameOf, type Topology } from "./points.ts";

// `pnpm crash-matrix`: every point; `pnpm crash-matrix matrix m`: those in which `m` takes part; `pnpm crash-matrix chaos 60`: random kills, for so many
// seconds each.
const [what = "matrix", which = ""] = process.argv.slice(2);
const bed = await makeBed();
if (bed.mariadb === undefined) say(`without MariaDB: ${mysqlNeeded}`);
let faultCount = 0;

try {
  if (what === "chaos") await playChaos(Number(which || "30"));
  else await playMatrix(which);
} finally {
  await bed.stop();
}
process.exitCode = faultCount === 0 ? 0 : 1;

async function playMatrix(only: string): Promise<void> {
  const told = new Map<string, number>();
  const points = allPoints(bed.databases).filter(({ labels }) => only === "" || labels.some((it) => it === only));
  for (const [index, point] of points.entries()) {
    const { faults, ...played } = await playPoint(bed, point);
    told.set(played.told, (told.get(played.told) ?? 0) + 1);
    faultCount += faults.length;
    const outcome = Object.values(played.has).every(Boolean) ? "committed" : "rolled back";
    say(`${index + 1}/${points.length} ${nameOf(point)}: told ${played.told}, ${outcome} ${faults.join("; ")}`);
  }
  say(`${points.length} points, ${faultCount} faults; told: ${JSON.stringify(Object.fromEntries(told))}`);
}

async function playChaos(each: number): Promise<void> {
  const two = { labels: ["a", "b"], decider: "a", seconds: each } as const;
  const three = { labels: ["a", "b", "c"], decider: "c", seconds: each } as const;
  const mixed: readonly Topology[] = [
    { labels: ["a", "m", "c"], decider: "c" },
    { labels: ["a", "m"], decider: "m" },
  ];
  const withMariadb = bed.mariadb === undefined ? [] : mixed;
  const runs: readonly ChaosOptions[] = [
    ...withMariadb.map((it) => ({ ...it, seconds: each, pauseMs: 0, isFenced: true, killsServers: true })),
    { ...three, pauseMs: 0, isFenced: true, killsServers: true },
    { ...two, pauseMs: 0, isFenced: true, killsServers: true },
    { ...two, pauseMs: 200, isFenced: true, killsServers: false },
    { ...two, pauseMs: 200, isFenced: false, killsServers: false },
  ];
  for (const options of runs) {
    const result = await chaos(bed, options);
    const { torn, toldWrongly, prepared } = result;
    const isWrong = options.isFenced ? torn + toldWrongly + prepared > 0 : torn === 0;
    if (isWrong) faultCount += 1;
    say(`${JSON.stringify(options)}: ${JSON.stringify(result)}${isWrong ? " WRONG" : ""}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
