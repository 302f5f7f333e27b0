/** Streams so many rows by one contestant and prints the memory that it took. */
import { postgres as mdbPostgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager } from "@nsj/mdb-core";
import pg from "pg";
import Cursor from "pg-cursor";
import postgresJs from "postgres";
import { collectGarbage } from "../measure/collect-garbage.ts";
import { expectThat } from "../measure/expect.ts";

interface StreamedRow {
  readonly id: number;
  readonly name: string;
  readonly score: number;
}

const [contestant = "", url = "", count = "0"] = process.argv.slice(2);
const rowCount = Number(count);
const batchSize = 500;
const text = `select n::int as id, 'name ' || n as name, n / 4.0::float8 as score from generate_series(1, ${rowCount}) as n`;

async function* byMdb(): AsyncGenerator<StreamedRow> {
  await using databases = new DatabaseManager({ bench: mdbPostgres({ connectionString: url }) });
  yield* databases.database("bench").stream<StreamedRow>(text, [], { fetchSize: batchSize });
}

async function* byCursor(): AsyncGenerator<StreamedRow> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const cursor = client.query(new Cursor<StreamedRow>(text, []));
  for (let rows = await cursor.read(batchSize); rows.length > 0; rows = await cursor.read(batchSize)) yield* rows;
  await cursor.close();
  await client.end();
}

async function* byPostgresJs(): AsyncGenerator<StreamedRow> {
  const sql = postgresJs(url, { max: 1 });
  for await (const rows of sql.unsafe<StreamedRow[]>(text).cursor(batchSize)) yield* rows;
  await sql.end();
}

const streams = { "@nsj/mdb": byMdb, "pg-cursor": byCursor, "postgres.js": byPostgresJs };
const open = streams[contestant as keyof typeof streams];

collectGarbage();
let seen = 0;
let liveBytes = 0;
const step = Math.max(1, Math.floor(rowCount / 10));
const before = process.cpuUsage();
const begun = performance.now();
let pausedMicros = 0;
for await (const { id, score } of open()) {
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
