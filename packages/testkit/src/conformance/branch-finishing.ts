import assert from "node:assert/strict";
import type { DriverConnection, Fate } from "@nsj/mdb-core";
import type { Case } from "./area.ts";
import { branchBench } from "./branch-bench.ts";
import { canPrepare, capability } from "./need.ts";
import { soon } from "./wait.ts";

/** Who ends what is prepared, once, from wherever; and what became of it. */
export const branchFinishing: readonly Case[] = [
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
];
