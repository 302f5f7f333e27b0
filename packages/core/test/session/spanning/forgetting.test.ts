import { expect, it, onTestFinished } from "vitest";
import { FakeClock, settled } from "../../pool/fake-clock.ts";
import { fakeDatabases } from "./fake-databases.ts";

const hourMs = 3_600_000;

it("forgets decisions that nobody can ask for, by the server's clock, and keeps those of labels that it does not know", async () => {
  const clock = new FakeClock();
  const { databases, other } = await fakeDatabases({ a: {}, b: {} }, { clock, recovery: { everyMs: hourMs } });
  const looking = other({});
  onTestFinished(() => looking.close());
  const decide = () =>
    databases.transaction(["a", "b"], async ({ a, b }) => {
      for (const it of [a, b]) await it.execute("insert into t (id) select coalesce(max(id), 0) + 1 from t");
    });
  await decide();
  await decide();
  await decide();
  const ids = async (): Promise<readonly string[]> =>
    (await looking.database("a").query<{ id: string }>("select id from mdb_decisions order by id")).map(({ id }) => id);
  const [old = "", foreign = "", young = ""] = await ids();
  const a = looking.database("a");
  await a.execute("update mdb_decisions set decided_at = '2020-01-01 00:00:00' where id in (?, ?)", [old, foreign]);
  await a.execute(`update mdb_decisions set branches = '[{"label":"somebody else"}]' where id = ?`, [foreign]);
  // One round after an hour of the manager's clock; what it asks the servers takes real time.
  while ((await ids()).includes(old)) {
    clock.advance(hourMs * 1.2);
    for (let turn = 0; turn < 20; turn++) await settled();
  }
  expect(await ids()).toEqual([foreign, young]);
});
