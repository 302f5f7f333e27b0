import { tracingChannel } from "node:diagnostics_channel";
import { postgres } from "@nsj/mdb-adapter-postgres";
import { DatabaseManager, type QueryEvent } from "@nsj/mdb-core";
import { outbox } from "@nsj/mdb-outbox";
import { expect, inject, it, onTestFinished } from "vitest";
import { newTable, tablesMade, until } from "./outbox-bed.ts";

interface Plan {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

/** How many rows all steps of a plan have looked at. */
function rowsOf({
  "Actual Rows": rows,
  "Actual Loops": loops,
  "Rows Removed by Filter": removed = 0,
  Plans,
}: Plan): number {
  return (rows + removed) * loops + (Plans ?? []).reduce((sum, step) => sum + rowsOf(step), 0);
}

it("reads a backlog of which the server has no statistics yet in proportion to its length", async () => {
  await using databases = new DatabaseManager({ main: postgres({ connectionString: inject("postgresUrl") }) });
  const database = databases.database("main");
  const table = newTable();
  const events = outbox(database, { table });
  await events.createTables();
  onTestFinished(async () => {
    await using owner = new DatabaseManager({ main: postgres({ connectionString: inject("postgresUrl") }) });
    for (const name of events.ddl().flatMap(tablesMade)) await owner.database("main").execute(`drop table ${name}`);
  });
  const texts = new Set<string>();
  const start = ({ statement }: Partial<QueryEvent>) => {
    if (statement?.startsWith("select m.id") === true && statement.includes(table)) texts.add(statement);
  };
  const subscriber = { start, end() {}, asyncStart() {}, asyncEnd() {}, error() {} };
  const channel = tracingChannel<unknown, QueryEvent>("mdb:query");
  channel.subscribe(subscriber);
  onTestFinished(() => channel.unsubscribe(subscriber));

  // One that waits for its next attempt, so that others are held up, and then none.
  await database.transaction(() => events.add({ topic: "did", key: "k", body: 0 }));
  await database.execute(`update ${table} set attempts = 1, not_before = ${Date.now() + 3_600_000}`);
  const first = events.relay({ did: async () => {} }, { idleMs: 5 }).start();
  await database.transaction(() => events.add({ topic: "did", key: "k", body: 1 }));
  await until(() => texts.size === 1);
  await first.stop();
  await database.execute(`delete from ${table}`);
  await database.transaction(() => events.add({ topic: "did", key: "k", body: 2 }));
  const second = events.relay({ did: async () => {} }, { idleMs: 5 }).start();
  await until(() => texts.size === 2);
  await second.stop();

  const length = 3_000;
  const backlog = Array.from({ length }, (_, n) => ({ topic: "did", key: "k", body: n }));
  await database.transaction(() => events.addMany(backlog));
  const lane = Number(await database.queryScalar(`select min(lane) from ${table}`));
  for (const text of texts) {
    const asked = text.replaceAll(/\$(\d+)/g, (_, place) => String(Number(place) % 2 === 1 ? lane : Date.now()));
    const [answer] = (await database.queryScalar(`explain (analyze, format json) ${asked}`)) as [{ Plan: Plan }];
    expect(rowsOf(answer.Plan), asked).toBeLessThan(8 * length);
  }
});
