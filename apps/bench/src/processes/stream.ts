/** Streams so many rows by one contestant and prints the memory that it took. */
import { collectGarbage } from "../measure/collect-garbage.ts";
import { expectThat } from "../measure/expect.ts";
import { findStream } from "./streams.ts";

const [server = "", contestant = "", url = "", count = "0"] = process.argv.slice(2);
const rowCount = Number(count);
const batchSize = 500;
const open = await findStream(server, contestant);

collectGarbage();
let seen = 0;
let liveBytes = 0;
const step = Math.max(1, Math.floor(rowCount / 10));
const before = process.cpuUsage();
const begun = performance.now();
let pausedMicros = 0;
for await (const { id, score } of open(url, rowCount, batchSize)) {
  seen++;
  if (id !== seen || score !== id / 4) expectThat(false, `row ${seen}`);
  if (seen % step === 0) pausedMicros += measureLive();
}
expectThat(seen === rowCount, `${rowCount} rows`);
const wallMs = performance.now() - begun;
const { user, system } = process.cpuUsage(before);
const cpuMicros = (user + system - pausedMicros) / rowCount;
const peakMb = process.resourceUsage().maxRSS / 1_024;
console.log(JSON.stringify({ cpuMicros, wallMs, liveMb: liveBytes / 2 ** 20, peakMb }));

/** Takes the memory that is really in use; gives the processor time that looking took. */
function measureLive(): number {
  const start = process.cpuUsage();
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  liveBytes = Math.max(liveBytes, heapUsed + external);
  const { user: inUser, system: inSystem } = process.cpuUsage(start);
  return inUser + inSystem;
}
