import { makeBed } from "./bed.ts";
import { type ChaosOptions, chaos } from "./chaos.ts";
import { playPoint } from "./play-point.ts";
import { allPoints, nameOf } from "./points.ts";

// `pnpm crash-matrix`: every point; `pnpm crash-matrix chaos 60`: random kills, for so many seconds each.
const [what = "matrix", seconds = "30"] = process.argv.slice(2);
const bed = await makeBed();
let faultCount = 0;

try {
  if (what === "chaos") await playChaos(Number(seconds));
  else await playMatrix();
} finally {
  await bed.stop();
}
process.exitCode = faultCount === 0 ? 0 : 1;

async function playMatrix(): Promise<void> {
  const told = new Map<string, number>();
  for (const [index, point] of allPoints.entries()) {
    const { faults, ...played } = await playPoint(bed, point);
    told.set(played.told, (told.get(played.told) ?? 0) + 1);
    faultCount += faults.length;
    const outcome = Object.values(played.has).every(Boolean) ? "committed" : "rolled back";
    say(`${index + 1}/${allPoints.length} ${nameOf(point)}: told ${played.told}, ${outcome} ${faults.join("; ")}`);
  }
  say(`${allPoints.length} points, ${faultCount} faults; told: ${JSON.stringify(Object.fromEntries(told))}`);
}

async function playChaos(each: number): Promise<void> {
  const two = { labels: ["a", "b"], decider: "a", seconds: each } as const;
  const three = { labels: ["a", "b", "c"], decider: "c", seconds: each } as const;
  const runs: readonly ChaosOptions[] = [
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
