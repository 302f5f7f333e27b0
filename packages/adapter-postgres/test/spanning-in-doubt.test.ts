import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { HeuristicOutcomeError, type InDoubtEvent } from "@nsj/mdb-core";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { uniqueName } from "./support/driving.ts";
import { spannedDatabases } from "./support/spanned-databases.ts";
import { clientOf, plant } from "./support/spanning.ts";

const { names, open } = spannedDatabases("orders", "stock", "audit");

let databases: ReturnType<typeof open>;
let store: string;
beforeEach(async () => {
  databases = open();
  store = await databases.prepareStore("orders");
  for (const label of ["stock", "audit"] as const) {
    await databases.database(label).execute("create table if not exists t (id integer)");
  }
});

/** Writes a decision as a coordinator does. */
function decide(transaction: string | undefined, branches: readonly object[]) {
  return databases
    .database("orders")
    .execute("insert into mdb_decisions (id, outcome, branches) values ($1, 'C', $2)", [
      transaction ?? "",
      JSON.stringify(branches),
    ]);
}

const insert = "insert into t values (1)";

describe("what is in doubt", () => {
  it("names the databases that were asked to prepare, and those of them that hold it still", async () => {
    const identifier = await plant(names.stock, store, insert);
    const again = `${identifier.slice(0, -1)}3`;
    const client = await clientOf(names.audit);
    for (const text of ["begin", insert, `prepare transaction '${again}'`]) await client.query(text);
    const [, , transaction] = identifier.split(":");
    const both = (await databases.inDoubt()).map(({ label, prepared, branches }) => ({ label, prepared, branches }));
    expect(both).toEqual([
      { label: "stock", prepared: ["stock", "audit"], branches: undefined },
      { label: "audit", prepared: ["stock", "audit"], branches: undefined },
    ]);
    await decide(transaction, [
      { label: "stock", number: 2 },
      { label: "audit", number: 3 },
    ]);
    await client.query(`commit prepared '${again}'`);
    await client.end();
    expect(await databases.inDoubt()).toMatchObject([
      { label: "stock", decision: "committed", branches: ["stock", "audit"], prepared: ["stock"] },
    ]);
    expect((await databases.recover()).branches).toMatchObject([{ label: "stock", result: "done" }]);
  });

  it("tells of a branch that somebody has ended against the decision, also where it is of another process", async () => {
    const identifier = await plant(names.stock, store, insert);
    const [, , transaction] = identifier.split(":");
    const byHand = await clientOf(names.stock);
    const { rows } = await byHand.query("select transaction from pg_prepared_xacts where gid = $1", [identifier]);
    const native = `00000001:${rows[0].transaction}`;
    const told: InDoubtEvent[] = [];
    const listen = (event: unknown): void => void told.push(event as InDoubtEvent);
    subscribe("mdb:in-doubt", listen);
    onTestFinished(() => void unsubscribe("mdb:in-doubt", listen));
    // A decision that is about to be made: recovery, which has seen the branch, waits for it.
    const decider = await clientOf(names.orders);
    await decider.query("begin");
    const branches = JSON.stringify([{ label: "stock", number: 2, native }]);
    await decider.query("insert into mdb_decisions (id, outcome, branches) values ($1, 'C', $2)", [
      transaction,
      branches,
    ]);
    const round = databases.recover();
    await until(async () => (await byHand.query("select 1 from pg_locks where not granted")).rows.length > 0);
    await byHand.query(`rollback prepared '${identifier}'`);
    await decider.query("commit");
    expect((await round).branches).toMatchObject([{ decision: "committed", result: "gone" }]);
    await until(() => told.some(({ error }) => error !== undefined));
    expect(told.at(-1)).toMatchObject({ label: "stock", decision: "committed", error: { found: "rolled back" } });
    const [doubt, ...others] = await databases.inDoubt();
    expect(others).toEqual([]);
    expect(doubt?.error).toBeInstanceOf(HeuristicOutcomeError);
    await byHand.end();
    await decider.end();
  });

  it("is among the figures once somebody has looked, and not where nobody could", async () => {
    const inDoubt = (manager = databases) =>
      Object.fromEntries(Object.entries(manager.stats()).map(([label, it]) => [label, it.inDoubt]));
    const client = await clientOf(names.stock);
    expect(inDoubt()).toEqual({ orders: undefined, stock: undefined, audit: undefined });
    await databases.recover();
    expect(inDoubt()).toEqual({ orders: { count: 0 }, stock: { count: 0 }, audit: { count: 0 } });
    const theirs = uniqueName("app");
    for (const text of ["begin", insert, `prepare transaction '${theirs}'`]) await client.query(text);
    await databases.recover({ labels: ["stock"] });
    expect(inDoubt()).toMatchObject({ audit: { count: 0 }, stock: { count: 1 } });
    const at = databases.stats().stock?.inDoubt?.oldestPreparedAt ?? 0;
    expect(Math.abs(Date.now() - at)).toBeLessThan(60_000);
    await client.query(`rollback prepared '${theirs}'`);
    await client.end();
    const blind = open({ stock: { port: 1 } });
    await blind.recover();
    expect(inDoubt(blind)).toEqual({ orders: { count: 0 }, stock: undefined, audit: { count: 0 } });
  });
});

/** Looks again and again. The test's own limit is the end of it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
