import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import { inbox, outbox } from "@nsj/mdb-outbox";
import { expect, inject, it, onTestFinished } from "vitest";

const program = fileURLToPath(new URL("./relay-main.ts", import.meta.url));
const relayCount = 3;
const kills = 6;
const messages = 400;

it("applies every message once and in its key's order while relays are killed", { timeout: 120_000 }, async () => {
  const connectionString = inject("postgresUrl");
  const table = `o${randomBytes(5).toString("hex")}`;
  await using databases = new DatabaseManager({ main: postgres({ connectionString }) });
  const main = databases.database("main");
  const events = outbox(main, { table });
  await events.createTables();
  await inbox(main, { table: `${table}_in` }).createTables();
  await main.execute(
    `create table ${table}_did (place bigint generated always as identity, message_key text, n integer)`,
  );
  await main.execute(`create table ${table}_keys (message_key text primary key, n integer not null)`);

  const relays: ChildProcess[] = [];
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ["--conditions=mdb:source", program, connectionString, table], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], NODE_NO_WARNINGS: "1" },
    });
    relays.push(child);
    await once(child.stdout as NonNullable<ChildProcess["stdout"]>, "data");
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  };
  onTestFinished(async () => {
    for (const child of relays) await kill(child);
  });
  const running = await Promise.all(Array.from({ length: relayCount }, start));

  // The row of the key is what two writers of it have in common: it gives the order.
  const write = (key: string) =>
    main.transaction(async (tx) => {
      const { n } = await tx.queryOne<{ n: number }>(
        sql`insert into ${sql.raw(`${table}_keys`)} as k values (${key}, 1) on conflict (message_key) do update set n = k.n + 1 returning n`,
      );
      await events.add({ topic: "did", key, body: { n } });
    });
  const applied = async (): Promise<number> => Number(await main.queryScalar(`select count(*) from ${table}_did`));
  const writing = (async () => {
    for (let n = 0; n < messages; n += 4) {
      await Promise.all([0, 1, 2, 3].map((offset) => write(`key ${(n + offset * 3) % 10}`)));
    }
  })();
  for (let done = 0; done < kills; done++) {
    while ((await applied()) < (messages * (done + 1)) / (kills + 2)) await new Promise((r) => setTimeout(r, 5));
    await kill(running[done % relayCount] as ChildProcess);
    running[done % relayCount] = await start();
  }
  await writing;
  while ((await events.size()) > 0) await new Promise((r) => setTimeout(r, 10));

  expect(await applied()).toBe(messages);
  const outOfOrder = await main.queryScalar(
    `select count(*) from (select n - lag(n, 1, 0) over (partition by message_key order by place) as step from ${table}_did) as steps where step <> 1`,
  );
  expect(Number(outOfOrder)).toBe(0);
  expect(await events.dead()).toEqual([]);
});
