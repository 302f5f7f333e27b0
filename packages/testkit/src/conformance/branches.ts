import assert from "node:assert/strict";
import type { DriverConnection, Fate } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { type BranchBench, branchBench } from "./branch-bench.ts";
import { capability, connections, type Need, snippet, supplied } from "./need.ts";
import { soon, turns } from "./wait.ts";

const canPrepare: readonly Need[] = [capability("branches", "at-commit", "from-begin"), connections(2)];

/** Prepared transactions, and commits that have to be durable because they decide over such. */
export const branches: Area = {
  name: "branches",
  cases: [
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
      name: "finishes what it has prepared on the same connection, which is free for other work then",
      needs: canPrepare,
      async run(bench) {
        const at = await branchBench(bench);
        const other = await bench.connect();
        for (const end of ["commit", "rollback"] as const) {
          const { connection, branch } = await at.holding();
          assert.ok((await at.listed(other, branch)) !== undefined, "listed");
          const answer = await other.finishPrepared?.(branch, end);
          if (answer === "busy") {
            assert.deepEqual(await at.ids(other), [], "nothing has happened");
            assert.equal(await connection.finishPrepared?.(branch, end), "done");
          } else {
            assert.equal(answer, "done");
            assert.equal(await connection.finishPrepared?.(branch, end), "gone");
          }
          await bench.works(connection);
          assert.deepEqual(await at.ids(connection), end === "commit" ? ["2"] : []);
          await connection.begin({});
          await bench.run(connection, `delete from ${at.table} where id = 2`);
          await connection.commit();
          const next = at.branch();
          await connection.begin({ branch: next });
          await bench.run(connection, `insert into ${at.table} (id) values (3)`);
          await connection.rollback();
          await connection.begin({ branch: next });
          await bench.run(connection, `insert into ${at.table} (id) values (3)`);
          await connection.commit();
          assert.deepEqual(await at.ids(other), ["3"], "a branch may commit by itself");
          assert.equal(await at.listed(other, next), undefined);
          await bench.run(other, `delete from ${at.table} where id = 3`);
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
      name: "calls gone what was finished before, and what never was",
      needs: canPrepare,
      async run(bench) {
        const at = await branchBench(bench);
        const branch = await at.prepared();
        const other = await bench.connect();
        assert.equal(await at.finished(other, branch, "commit"), "done");
        for (const end of ["commit", "rollback"] as const) {
          assert.equal(await other.finishPrepared?.(branch, end), "gone", end);
          assert.equal(await at.connection.finishPrepared?.(at.branch(), end), "gone", end);
        }
        await bench.works(other);
        assert.deepEqual(await at.ids(other), ["2"]);
      },
    },
    {
      name: "lets one of many finish it, and calls it gone for the others only once it is",
      needs: canPrepare,
      async run(bench) {
        const at = await branchBench(bench);
        const many = await Promise.all(Array.from({ length: 4 }, () => bench.connect()));
        for (let round = 0; round < 5; round++) {
          const branch = await at.prepared(`insert into ${at.table} (id) values (${round + 10})`);
          const finish = async (connection: DriverConnection) => {
            const answer = await at.finished(connection, branch, "commit");
            if (answer === "gone") {
              assert.equal(await at.listed(connection, branch), undefined, "what is gone is not listed");
            }
            return answer;
          };
          const answers = await bench.within(Promise.all(many.map(finish)), "four finishers");
          assert.equal(answers.filter((it) => it === "done").length, 1, answers.join());
          assert.equal(answers.filter((it) => it === "gone").length, 3, answers.join());
          for (const connection of many) await bench.works(connection);
        }
      },
    },
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
    {
      name: "fails to list on a connection that is lost, instead of finding nothing",
      needs: canPrepare,
      async run(bench) {
        const at: BranchBench = await branchBench(bench);
        at.connection.destroy();
        await bench.failing(() => at.connection.listPrepared?.(soon()), "listPrepared() without a connection");
      },
    },
    {
      name: "tells what became of a branch that somebody else has finished",
      needs: [...canPrepare, capability("fates", true)],
      async run(bench) {
        const at = await branchBench(bench);
        const other = await bench.connect();
        const fates: Readonly<Record<"commit" | "rollback", Fate>> = { commit: "committed", rollback: "rolled back" };
        for (const end of ["commit", "rollback"] as const) {
          const { connection, branch, native } = await at.holding();
          assert.equal(await other.fateOf?.(native, soon()), "pending");
          await connection.close(soon());
          assert.equal(await at.finished(other, branch, end), "done");
          assert.equal(await other.fateOf?.(native, soon()), fates[end]);
          await bench.run(other, `delete from ${at.table} where id = 2`);
        }
      },
    },
    {
      name: "makes the commit that decides durable, whatever the session allows, and only that one",
      needs: [snippet("durability"), connections(2)],
      async run(bench) {
        const connection = await bench.connect();
        const { relax, ask, durable } = bench.subject.sql.durability ?? { relax: "", ask: "", durable: [] };
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        await bench.run(connection, relax);
        for (const decides of [true, false, true]) {
          await connection.begin({ decides });
          await bench.run(connection, `insert into ${table} (id) values (1)`);
          const [answer] = await bench.texts(connection, ask);
          assert.equal(durable.includes(String(answer)), decides, `decides: ${decides}, ${answer}`);
          await connection.commit();
        }
      },
    },
  ],
};
