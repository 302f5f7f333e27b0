/** Asks for rows while somebody watches, and prints what one of them takes of the processor. Needs `--expose-gc`. */
import { collectYoungGarbage } from "../measure/collect-garbage.ts";
import { expectThat } from "../measure/expect.ts";
import { summarize } from "../measure/statistics.ts";
import { subjects } from "../seeing/subjects.ts";
import { providersFor, watchings, withoutLeaseTimes } from "../seeing/watching.ts";

const [name = "", watched = "", url = "", ...counts] = process.argv.slice(2);
const [operations = 1_000, blocks = 5] = counts.map(Number);
const watching = ([...watchings, withoutLeaseTimes] as const).find((it) => it === watched);
const open = subjects[name];
if (watching === undefined || open === undefined) throw new Error(`there is no ${name}, ${watched}`);
const subject = await open(providersFor(watching), url);

async function block(): Promise<number> {
  collectYoungGarbage();
  const before = process.cpuUsage();
  for (let index = 0; index < operations; index++) await subject.person(1 + (index % 1_000));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / operations;
}

// Until V8 has compiled what is measured, with as many operations as elsewhere.
for (let performed = 0; performed < 10_000 || performed < 3 * operations; performed += operations) await block();
const samples: number[] = [];
for (let round = 0; round < blocks; round++) samples.push(await block());
await subject.close();
expectThat(samples.length === blocks, "a sample of each block");
console.log(JSON.stringify({ cpuMicros: summarize(samples).value }));
