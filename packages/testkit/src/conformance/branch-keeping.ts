import assert from "node:assert/strict";
import type { Case } from "./area.ts";
import { branchBench } from "./branch-bench.ts";
import { canPrepare, snippet, supplied } from "./need.ts";
import { soon, turns } from "./wait.ts";

/** What is prepared is kept, with its locks, and listed, until somebody ends it. */
export const branchKeeping: readonly Case[] = [
  {
    name: "shows nobody what is prepared, and keeps or undoes it as another connection says",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      const other = await bench.connect();
      for (const end of ["commit", "rollback"] as const) {
        const branch = await at.prepared();
        assert.deepEqual(await at.ids(other), [], "not seen before it is finished");
        const found = await at.listed(other, branch);
        assert.ok(found !== undefined, "listed");
        assert.ok(found.preparedAt === undefined || found.preparedAt > 1.6e12, "when, in milliseconds since 1970");
        assert.equal(await at.finished(other, branch, end), "done");
        assert.deepEqual(await at.ids(other), end === "commit" ? ["2"] : []);
        assert.equal(await at.listed(other, branch), undefined, "not listed any more");
        await bench.run(other, `delete from ${at.table} where id = 2`);
      }
    },
  },
  {
    name: "keeps the locks of what is prepared",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      const other = await bench.connect();
      const third = await bench.connect();
      const branch = await at.prepared(`update ${at.table} set id = 5 where id = 1`);
      let isThrough = false;
      const writing = bench.run(other, `update ${at.table} set id = 7 where id = 1`).then((result) => {
        isThrough = true;
        return result.affected;
      });
      await turns(200);
      assert.equal(isThrough, false, "another writer waits for the lock");
      assert.equal(await at.finished(third, branch, "rollback"), "done");
      assert.equal(await bench.within(writing, "the writer that had waited"), 1);
    },
  },
  {
    name: "keeps what is prepared when its connection is closed or destroyed",
    needs: canPrepare,
    async run(bench) {
      for (const end of ["close", "destroy"] as const) {
        const at = await branchBench(bench);
        const { branch, connection } = await at.holding();
        if (end === "close") await connection.close(soon());
        else connection.destroy();
        const other = await bench.connect();
        assert.ok((await at.listed(other, branch)) !== undefined, `listed after ${end}`);
        assert.equal(await at.finished(other, branch, "commit"), "done");
        assert.deepEqual(await at.ids(other), ["2"]);
      }
    },
  },
  {
    name: "keeps what is prepared when the server crashes",
    needs: [
      ...canPrepare,
      supplied("admin"),
      ({ subject }) => (subject.canRestart === true ? undefined : "canRestart: absent"),
    ],
    timeoutFactor: 2,
    async run(bench) {
      const at = await branchBench(bench);
      const { branch } = await at.holding();
      const admin = await bench.admin();
      await admin.restart?.();
      const other = await bench.connect();
      assert.ok((await at.listed(other, branch)) !== undefined, "listed after the crash");
      assert.equal(await at.finished(other, branch, "commit"), "done");
      assert.deepEqual(await at.ids(other), ["2"]);
    },
  },
  {
    name: "takes identifiers at full length, and keeps those apart that differ in one place",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      const other = await bench.connect();
      const branch = { ...at.branch(), number: 9_999 };
      await at.prepared(undefined, branch);
      for (const near of [
        { ...branch, number: 9_998 },
        { ...branch, transaction: branch.transaction.replace(/.$/, (last) => (last === "a" ? "b" : "a")) },
        { ...branch, store: branch.store.replace(/.$/, (last) => (last === "a" ? "b" : "a")) },
      ]) {
        assert.equal(await other.finishPrepared?.(near, "rollback"), "gone");
      }
      assert.equal(await at.finished(other, branch, "commit"), "done");
    },
  },
  {
    name: "lists what others have prepared, as theirs",
    needs: [...canPrepare, snippet("foreignBranch")],
    async run(bench) {
      const at = await branchBench(bench);
      const other = await bench.connect();
      const { prepare, undo } = bench.subject.sql.foreignBranch?.(at.table, bench.name()) ?? {
        prepare: [],
        undo: "",
      };
      const theirs = await bench.connect();
      for (const text of prepare) await bench.run(theirs, text);
      await theirs.close(soon());
      const foreign = (await other.listPrepared?.(soon()))?.filter((it) => it.branch === undefined) ?? [];
      const undone = () =>
        bench.run(other, undo).then(
          () => true,
          () => false,
        );
      await bench.eventually(undone, "the session is gone that has prepared");
      assert.ok(foreign.length > 0, "listed, without a branch of ours");
      for (const { identifier } of foreign) assert.ok(identifier.length > 0);
    },
  },
  {
    name: "fails to list on a connection that is lost, instead of finding nothing",
    needs: canPrepare,
    async run(bench) {
      const at = await branchBench(bench);
      at.connection.destroy();
      await bench.failing(() => at.connection.listPrepared?.(soon()), "listPrepared() without a connection");
    },
  },
];
