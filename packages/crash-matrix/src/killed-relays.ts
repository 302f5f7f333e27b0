import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { type Database, DatabaseManager, sql } from "@nsj/mdb-core";
import { inbox, type Outbox, outbox } from "@nsj/mdb-outbox";

const relayCount = 3;
const keyCount = 20;
const program = join(import.meta.dirname, "relay-main.ts");

/** What is played. */
export interface KillPlan {
  /** An empty table is made there for each run. */
  readonly connectionString: string;
  readonly messages: number;
  /** How often one of three relays is killed, spread over the messages. */
  readonly kills: number;
  /** Whether what was applied is remembered; without it messages must be applied twice, or the run proves nothing. */
  readonly remembers: boolean;
}

/** What came of it. */
export interface KillResult {
  readonly applied: number;
  /** Messages of which no effect is there. */
  readonly lost: number;
  /** Effects beyond the first of a message. */
  readonly twice: number;
  /** Effects whose predecessor of the same key is not the message before. */
  readonly outOfOrder: number;
  readonly dead: number;
  readonly left: number;
  /** How often a lane went from one relay to another. */
  readonly takeOvers: number;
}

/** Writes messages while three relays carry them over, each a process that is killed with SIGKILL again and again. */
export async function killRelays(plan: KillPlan, onKill: (kills: number) => void = () => {}): Promise<KillResult> {
  const table = `o${randomBytes(5).toString("hex")}`;
  const { connectionString } = plan;
  await using databases = new DatabaseManager({ main: postgres({ connectionString }) });
  await using relays = new Relays([connectionString, table, plan.remembers ? "remembers" : "forgets"]);
  const main = databases.database("main");
  const events = outbox(main, { table });
  await events.createTables();
  await inbox(main, { table: `${table}_in` }).createTables();
  await main.execute(
    `create table ${table}_did (place bigint generated always as identity, message_key text not null, n integer not null)`,
  );
  await main.execute(`create table ${table}_keys (message_key text primary key, n integer not null)`);
  await relays.start();

  const ending = new AbortController();
  const written = Promise.all(
    [0, 1, 2, 3].map((writer) => write(main, events, table, plan.messages / 4, writer, ending.signal)),
  );
  written.catch(() => {});
  try {
    const applied = async (): Promise<number> => Number(await main.queryScalar(`select count(*) from ${table}_did`));
    for (let kill = 0; kill < plan.kills; kill++) {
      await until(async () => (await applied()) >= (plan.messages * (kill + 1)) / (plan.kills + 2));
      await relays.replace(kill % relayCount);
      onKill(kill + 1);
    }
    await written;
    await until(async () => (await events.size()) === 0);
    return await judge(main, events, table, plan.messages);
  } finally {
    ending.abort();
    await written.catch(() => {});
  }
}

/** The row of the key is what two writers of it have in common: it gives the order. */
async function write(
  main: Database,
  events: Outbox,
  table: string,
  count: number,
  writer: number,
  signal: AbortSignal,
): Promise<void> {
  for (let n = 0; n < count && !signal.aborted; n++) {
    const key = `key ${(n * 7 + writer * 3) % keyCount}`;
    await main.transaction(async (tx) => {
      const row = await tx.queryOne(
        sql<{
          n: number;
        }>`insert into ${sql.raw(`${table}_keys`)} as k values (${key}, 1) on conflict (message_key) do update set n = k.n + 1 returning n`,
      );
      await events.add({ topic: "did", key, body: row.n });
    });
  }
}

async function judge(main: Database, events: Outbox, table: string, messages: number): Promise<KillResult> {
  const ask = async (text: string): Promise<number> => Number(await main.queryScalar(text));
  const applied = await ask(`select count(*) from ${table}_did`);
  const different = await ask(`select count(*) from (select distinct message_key, n from ${table}_did) as d`);
  return {
    applied,
    lost: messages - different,
    twice: applied - different,
    outOfOrder: await ask(
      `select count(*) from (select n - lag(n, 1, 0) over (partition by message_key order by place) as step from ${table}_did) as steps where step <> 1`,
    ),
    dead: (await events.dead()).length,
    left: await events.size(),
    takeOvers: await ask(`select sum(fence) from ${table}_lanes`),
  };
}

/** Three processes, each of which is started anew when it was killed. */
class Relays implements AsyncDisposable {
  readonly #args: readonly string[];
  readonly #running: ChildProcess[] = [];
  readonly #started: Promise<void>[] = [];

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  async start(): Promise<void> {
    for (let index = 0; index < relayCount; index++) this.#started[index] = this.#start(index);
    await Promise.all(this.#started);
  }

  /** Kills one that has lanes, and starts another in its place; the two others go on meanwhile. */
  async replace(index: number): Promise<void> {
    await this.#started[index];
    await kill(this.#running[index]);
    this.#started[index] = this.#start(index);
    this.#started[index].catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map(kill));
  }

  async #start(index: number): Promise<void> {
    const child = spawn(process.execPath, ["--conditions=mdb:source", program, ...this.#args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" },
    });
    this.#running[index] = child;
    const early = once(child, "exit").then(() => {
      throw new Error("a relay ended before it had a lane");
    });
    early.catch(() => {});
    await Promise.race([once(child.stdout, "data"), early]);
  }
}

async function kill(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
