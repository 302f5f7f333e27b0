import assert from "node:assert/strict";
import type { DriverConnection, ResetPlan } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { capability, type Need, snippet } from "./need.ts";
import { soon } from "./wait.ts";

const resettable: Need = capability("reset");
const scopes = ["transaction", "session"] as const;

export const reset: Area = {
  name: "reset",
  cases: [
    {
      name: "rolls back an open transaction",
      needs: [resettable],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (const scope of scopes) {
          await connection.begin({});
          await bench.run(connection, `insert into ${table} (id) values (1)`);
          await resetTo(connection, scope);
          await bench.works(connection);
          assert.deepEqual(await bench.texts(connection, `select id from ${table}`), []);
        }
      },
    },
    {
      name: "rolls back a failed transaction",
      needs: [resettable],
      async run(bench) {
        const connection = await bench.connect();
        for (const scope of scopes) {
          await connection.begin({});
          await bench.failing(() => bench.run(connection, "selec nothing"));
          await resetTo(connection, scope);
          await bench.works(connection);
        }
      },
    },
    {
      name: "does nothing to a clean connection, as often as it is asked",
      needs: [resettable],
      async run(bench) {
        const connection = await bench.connect();
        for (let round = 0; round < 20; round++) {
          for (const scope of scopes) await resetTo(connection, scope);
          await bench.works(connection);
        }
      },
    },
    {
      name: "puts back whatever was left in the session, as often as it is left",
      needs: [resettable, snippet("session")],
      async run(bench) {
        const connection = await bench.connect();
        for (const { what, leave, ask } of bench.subject.sql.session?.leftovers ?? []) {
          const clean = await bench.texts(connection, ask);
          for (let round = 0; round < 2; round++) {
            await bench.run(connection, leave);
            assert.notDeepEqual(await bench.texts(connection, ask), clean, `${what} was left`);
            await resetTo(connection, "session");
            assert.deepEqual(await bench.texts(connection, ask), clean, `${what} is gone`);
          }
        }
      },
    },
    {
      name: "keeps what was committed",
      needs: [resettable],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        await connection.begin({});
        await bench.run(connection, `insert into ${table} (id) values (2)`);
        await connection.commit();
        for (const scope of scopes) await resetTo(connection, scope);
        assert.deepEqual(await bench.texts(connection, `select id from ${table} order by id`), ["1", "2"]);
      },
    },
    {
      name: "comes between a begin that was held back and the next user",
      needs: [resettable],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        for (const scope of scopes) {
          await connection.begin({});
          await resetTo(connection, scope);
          await bench.run(connection, `insert into ${table} (id) values (1)`);
          assert.equal(connection.txStatus, "idle");
        }
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["2"]);
      },
    },
  ],
};

async function resetTo(connection: DriverConnection, scope: ResetPlan["scope"]): Promise<void> {
  const answer = await connection.reset?.({ scope }, soon());
  assert.ok(answer === "done" || answer === "deferred", `reset() answers ${String(answer)}`);
  assert.equal(connection.usable, true);
  assert.equal(connection.txStatus, "idle", "no transaction is open");
}
