import assert from "node:assert/strict";
import type { Case } from "./area.ts";
import { branchBench } from "./branch-bench.ts";
import { canPrepare, snippet, supplied } from "./need.ts";
import { turns } from "./wait.ts";

/** What a connection answers that is asked to prepare: ready, nothing to do, or why not. */
export const branchPreparing: readonly Case[] = [
  {
    name: "does not prepare a transaction that a failure has doomed",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      const branch = at.branch();
      await at.begin(branch);
      await bench.run(at.connection, `insert into ${at.table} (id) values (2)`);
      await bench.failing(() => bench.run(at.connection, `insert into ${at.table} (id) values (2)`));
      if (at.connection.txStatus !== "failed") return;
      await bench.failingWith("transaction-aborted", () => at.connection.prepareBranch?.(branch));
      await at.isClean(branch);
    },
  },
  {
    name: "votes read-only where nothing was written at most, and has ended then",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      const { connection, table } = at;
      const other = await bench.connect();
      const reads = [async () => undefined, () => bench.run(connection, `select id from ${table}`)];
      for (const read of reads) {
        const branch = at.branch();
        await at.begin(branch);
        await read();
        const answer = await connection.prepareBranch?.(branch);
        const listed = await at.listed(other, branch);
        assert.equal(listed === undefined, answer?.vote === "read-only");
        if (listed !== undefined) assert.equal(await connection.finishPrepared?.(branch, "rollback"), "done");
        await bench.works(connection);
      }
      const branch = at.branch();
      await at.begin(branch);
      await bench.run(connection, `select id from ${table}`);
      await bench.run(connection, `update ${table} set id = 3 where id = 1`);
      await bench.run(connection, `select id from ${table}`);
      assert.equal((await connection.prepareBranch?.(branch))?.vote, "prepared");
      assert.equal(await connection.finishPrepared?.(branch, "rollback"), "done");
    },
  },
  {
    name: "counts a lock that was asked for as a write",
    needs: [...canPrepare, snippet("lockingQuery")],
    async run(bench) {
      const at = await branchBench(bench);
      const branch = at.branch();
      await at.begin(branch);
      await bench.run(at.connection, bench.subject.sql.lockingQuery?.(at.table) ?? "");
      assert.equal((await at.connection.prepareBranch?.(branch))?.vote, "prepared");
      assert.equal(await at.connection.finishPrepared?.(branch, "commit"), "done");
    },
  },
  {
    name: "rolls back what cannot be prepared, and says so",
    needs: [...canPrepare, snippet("unpreparable")],
    async run(bench) {
      for (const [what, texts] of Object.entries(bench.subject.sql.unpreparable ?? {})) {
        const at = await branchBench(bench);
        const branch = at.branch();
        await at.begin(branch);
        await bench.run(at.connection, `insert into ${at.table} (id) values (2)`);
        for (const text of texts) await bench.run(at.connection, text);
        const { info } = await bench.failing(() => at.connection.prepareBranch?.(branch), what);
        assert.notEqual(info.connection, "dead", what);
        await at.isClean(branch);
      }
    },
  },
  {
    name: "does not know whether it is prepared when the connection is lost after it was asked",
    needs: [...canPrepare, supplied("network")],
    async run(bench) {
      const { proxy, connector } = await bench.behindProxy();
      const at = await branchBench(bench, await bench.connect(connector));
      const other = await bench.connect();
      let branch = at.branch();
      let preparing: Promise<unknown> = Promise.resolve();
      let isAnswered = true;
      const isPrepared = async () => {
        if (isAnswered) {
          // The first try; or the last answer of one was let through, because the server had not prepared when it was looked at.
          if (at.connection.txStatus === "idle") await at.connection.finishPrepared?.(branch, "rollback");
          branch = at.branch();
          await at.begin(branch);
          await bench.run(at.connection, `insert into ${at.table} (id) values (2)`);
          await proxy.set({ kind: "hold", direction: "to-client" });
          isAnswered = false;
          preparing = Promise.resolve(at.connection.prepareBranch?.(branch));
          preparing.then(
            () => {
              isAnswered = true;
            },
            () => undefined,
          );
        }
        for (let look = 0; look < 10; look++) {
          if ((await at.listed(other, branch)) === undefined) continue;
          await turns(5);
          if (!isAnswered) return true;
        }
        // It may take several messages: one more is answered.
        await proxy.set({ kind: "pass" });
        await proxy.set({ kind: "hold", direction: "to-client" });
        await turns(5);
        if (isAnswered) await proxy.set({ kind: "pass" });
        return false;
      };
      await bench.eventually(isPrepared, "it is prepared, and nobody has heard");
      proxy.endAll("reset");
      const { info } = await bench.failing(() => preparing, "a prepareBranch() without an answer");
      assert.equal(info.executed, "maybe", "nobody can know");
      assert.equal(at.connection.usable, false);
      assert.equal(await at.finished(other, branch, "rollback"), "done");
      assert.deepEqual(await at.ids(other), []);
    },
  },
];
