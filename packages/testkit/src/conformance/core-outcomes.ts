import assert from "node:assert/strict";
import { CommitOutcomeUnknownError, ConfigurationError, ConnectionLostError, type Transaction } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { ledger, rejection } from "./core-ledger.ts";
import { capability, connections, type Need, supplied } from "./need.ts";

const verifiable: readonly Need[] = [capability("fates"), connections(2), supplied("network")];
const notVerifiable: Need = ({ capabilities }) =>
  capabilities.fates === true ? 'capability fates: true, so that "verifyOutcome" is not refused' : undefined;
const restartable: Need = ({ subject }) => (subject.canRestart === true ? undefined : "canRestart: absent");

/** Transactions of core with `verifyOutcome`, over this driver. */
export const coreOutcomes: Area = {
  name: "verified outcomes",
  cases: [
    {
      name: "resolves where only the answer to COMMIT was lost, once the server can be reached again, and runs the hooks of a commit",
      needs: verifiable,
      async run(bench) {
        const { proxy, database, insert, ids } = await behindProxy(bench);
        const hooks: string[] = [];
        let isHeld = false;
        const committing = database.transaction(
          async (tx) => {
            hooked(tx, hooks);
            await insert(tx, 1);
            await proxy.set({ kind: "hold", direction: "to-client" });
            isHeld = true;
            return "done";
          },
          { verifyOutcome: true },
        );
        committing.catch(() => undefined);
        await bench.eventually(async () => isHeld && (await ids()).length === 1, "the server has committed");
        // The only connection there may be is lost, somebody waits for it already, and nobody can connect for a while.
        const behind = database.query(bench.select("1 as n"));
        behind.catch(() => undefined);
        const before = database.stats().connectFailures;
        proxy.endAll("reset");
        await proxy.set({ kind: "refuse" });
        await bench.eventually(() => database.stats().connectFailures > before, "an attempt to connect has failed");
        assert.deepEqual(hooks, [], "nothing is said before it is known");
        await proxy.set({ kind: "pass" });
        assert.equal(await bench.within(committing, "the transaction"), "done");
        assert.deepEqual(hooks, ["committed"]);
        await Promise.allSettled([behind]);
        assert.equal(database.stats().busy, 0);
      },
    },
    {
      name: "resolves what was committed before the server went down, once it is up again",
      needs: [...verifiable, supplied("admin"), restartable],
      async run(bench) {
        const { proxy, database, insert, ids } = await behindProxy(bench);
        let isHeld = false;
        const committing = database.transaction(
          async (tx) => {
            await insert(tx, 1);
            await proxy.set({ kind: "hold", direction: "to-client" });
            isHeld = true;
          },
          { verifyOutcome: true },
        );
        committing.catch(() => undefined);
        await bench.eventually(async () => isHeld && (await ids()).length === 1, "the server has committed");
        const admin = await bench.admin();
        const restarted = admin.restart?.();
        proxy.endAll("reset");
        await proxy.set({ kind: "pass" });
        await bench.within(restarted, "restart()");
        await bench.within(committing, "the transaction");
      },
    },
    {
      name: "rejects with a loss that is safe to repeat where COMMIT never arrived, and retry repeats it",
      needs: verifiable,
      async run(bench) {
        const { proxy, database, insert, ids } = await behindProxy(bench);
        const hooks: string[] = [];
        let id = 0;
        const work = async (tx: Transaction): Promise<void> => {
          hooked(tx, hooks);
          id += 1;
          await insert(tx, id);
          // New connections are none of this link's business.
          if (id < 3) proxy.links[0]?.set({ kind: "cut", direction: "to-server", afterBytes: 0, ending: "reset" });
        };
        const error = await bench.within(
          rejection(database.transaction(work, { verifyOutcome: true })),
          "the transaction",
        );
        assert.ok(error instanceof ConnectionLostError, String(error));
        assert.equal(error.retryable, true);
        assert.deepEqual(hooks, ["rolled back"]);
        const retry = { attempts: 2, backoffMs: 1 };
        await bench.within(database.transaction(work, { verifyOutcome: true, retry }), "the repeated transaction");
        assert.deepEqual(hooks, ["rolled back", "rolled back", "committed"]);
        assert.deepEqual(await ids(), ["3"]);
      },
    },
    {
      name: "rejects with a loss that is safe to repeat where nothing was written",
      needs: verifiable,
      async run(bench) {
        const { proxy, database } = await behindProxy(bench);
        const reading = database.transaction(
          async (tx) => {
            await tx.query(bench.select("1 as n"));
            proxy.links[0]?.set({ kind: "cut", direction: "to-client", afterBytes: 0, ending: "reset" });
          },
          { verifyOutcome: true },
        );
        const error = await bench.within(rejection(reading), "the transaction");
        assert.ok(error instanceof ConnectionLostError, String(error));
        assert.equal(error.retryable, true);
      },
    },
    {
      name: "says that the outcome is unknown when nobody could be asked in time, and runs no hook",
      needs: verifiable,
      async run(bench) {
        const { proxy, database, insert } = await behindProxy(bench, 300);
        const hooks: string[] = [];
        const committing = database.transaction(
          async (tx) => {
            hooked(tx, hooks);
            await insert(tx, 1);
            await proxy.set({ kind: "refuse" });
            proxy.links[0]?.set({ kind: "cut", direction: "to-client", afterBytes: 0, ending: "reset" });
          },
          { verifyOutcome: true, retry: { attempts: 3 } },
        );
        const error = await bench.within(rejection(committing), "the transaction");
        assert.ok(error instanceof CommitOutcomeUnknownError, String(error));
        assert.notEqual(error.cause, undefined);
        assert.deepEqual(hooks, []);
      },
    },
    {
      name: "refuses to verify what the engine cannot tell, before anything is sent",
      needs: [notVerifiable],
      async run(bench) {
        const database = bench.database();
        const verifyOutcome = true;
        const nothing = async (): Promise<void> => assert.fail("the callback runs");
        for (const refused of [
          database.transaction(nothing, { verifyOutcome }),
          (async () => database.begin({ verifyOutcome }))(),
          (async () => database.getSession({ verifyOutcome }))(),
        ]) {
          const error = await rejection(refused);
          assert.ok(error instanceof ConfigurationError, String(error));
          assert.equal(error.key, "verifyOutcome");
        }
        assert.equal(database.stats().created, 0);
      },
    },
  ],
};

/** A database with room for one connection, through a proxy; its table is looked at past that. */
async function behindProxy(bench: Bench, outcomeTimeoutMs?: number) {
  const { insert, ids } = await ledger(bench);
  const { proxy, options } = await bench.proxied();
  const limit = outcomeTimeoutMs === undefined ? {} : { outcomeTimeoutMs };
  const database = bench.database({ pool: { max: 1 }, ...limit }, { options });
  // The link that is there is the one that the transaction will have.
  await database.query(bench.select("1 as n"));
  return { proxy, database, insert, ids };
}

function hooked(tx: Transaction, hooks: string[]): void {
  tx.onCommit(() => hooks.push("committed"));
  tx.onRollback(() => hooks.push("rolled back"));
}
