import assert from "node:assert/strict";
import type { DriverConnection } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import type { Bench } from "./bench.ts";
import { capability, type Need } from "./need.ts";

const withSavepoints: Need = capability("savepoints");
const withRelease: Need = capability("savepoints", "full");

export const savepoints: Area = {
  name: "savepoints",
  cases: [
    {
      name: "undoes what came after a savepoint and keeps what came before",
      needs: [withSavepoints],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await insert(1);
        await connection.savepoint?.("s1");
        await insert(2);
        await connection.rollbackTo?.("s1");
        assert.equal(connection.txStatus, "active");
        await insert(3);
        await connection.commit();
        assert.deepEqual(await ids(), ["1", "3"]);
      },
    },
    {
      name: "keeps a savepoint that was rolled back to",
      needs: [withSavepoints],
      undocumented:
        "Microsoft's page on ROLLBACK TRANSACTION does not say whether a savepoint outlives a rollback to it; core rolls back to each at most once",
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await connection.savepoint?.("s1");
        for (const id of [1, 2, 3]) {
          await insert(id);
          await connection.rollbackTo?.("s1");
        }
        await insert(4);
        await connection.commit();
        assert.deepEqual(await ids(), ["4"]);
      },
    },
    {
      name: "nests: an inner rollback leaves the outer savepoint's work, an outer one takes it all",
      needs: [withSavepoints],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await insert(1);
        await connection.savepoint?.("outer1");
        await insert(2);
        await connection.savepoint?.("inner1");
        await insert(3);
        await connection.rollbackTo?.("inner1");
        await insert(4);
        assert.deepEqual(await ids(), ["1", "2", "4"]);
        await connection.rollbackTo?.("outer1");
        assert.deepEqual(await ids(), ["1"]);
        await insert(5);
        await connection.commit();
        assert.deepEqual(await ids(), ["1", "5"]);
      },
    },
    {
      name: "saves a transaction in which a statement failed",
      needs: [withSavepoints],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await insert(1);
        for (let round = 0; round < 3; round++) {
          await connection.savepoint?.(`s${round}`);
          await bench.failing(() => insert(1));
          await connection.rollbackTo?.(`s${round}`);
          assert.equal(connection.txStatus, "active", "active again");
          await insert(10 + round);
        }
        await connection.commit();
        assert.deepEqual(await ids(), ["1", "10", "11", "12"]);
      },
    },
    {
      name: "takes names of twenty characters",
      needs: [withSavepoints],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        const names = ["s1234567890123456789", "s1234567890123456780"] as const;
        await connection.savepoint?.(names[0]);
        await insert(1);
        await connection.savepoint?.(names[1]);
        await insert(2);
        await connection.rollbackTo?.(names[1]);
        assert.deepEqual(await ids(), ["1"]);
        await connection.rollbackTo?.(names[0]);
        await connection.commit();
        assert.deepEqual(await ids(), []);
      },
    },
    {
      name: "goes with its transaction, committed or rolled back",
      needs: [withSavepoints],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await connection.savepoint?.("s1");
        await insert(1);
        await connection.rollback();
        await bench.works(connection);
        assert.deepEqual(await ids(), []);
        await connection.begin({});
        await connection.savepoint?.("s1");
        await insert(2);
        await connection.commit();
        await bench.works(connection);
        assert.deepEqual(await ids(), ["2"]);
      },
    },
    {
      name: "keeps the work of a savepoint that is released",
      needs: [withRelease],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await connection.savepoint?.("s1");
        await insert(1);
        await connection.releaseSavepoint?.("s1");
        assert.equal(connection.txStatus, "active");
        await insert(2);
        await connection.commit();
        assert.deepEqual(await ids(), ["1", "2"]);
      },
    },
    {
      name: "undoes released work with the savepoint around it",
      needs: [withRelease],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await insert(1);
        await connection.savepoint?.("outer1");
        await connection.savepoint?.("inner1");
        await insert(2);
        await connection.releaseSavepoint?.("inner1");
        assert.deepEqual(await ids(), ["1", "2"]);
        await connection.rollbackTo?.("outer1");
        assert.deepEqual(await ids(), ["1"]);
        await connection.releaseSavepoint?.("outer1");
        await connection.commit();
        assert.deepEqual(await ids(), ["1"]);
      },
    },
    {
      name: "forgets a savepoint that is released, and only that one",
      needs: [withRelease],
      async run(bench) {
        const { connection, insert, ids } = await transaction(bench);
        await connection.savepoint?.("outer1");
        await insert(1);
        await connection.savepoint?.("inner1");
        await insert(2);
        await connection.rollbackTo?.("inner1");
        await connection.releaseSavepoint?.("inner1");
        await insert(3);
        await connection.rollbackTo?.("outer1");
        assert.deepEqual(await ids(), []);
        await connection.commit();
      },
    },
  ],
};

/** A connection in a transaction, with a table of unique ids. */
async function transaction(bench: Bench): Promise<{
  readonly connection: DriverConnection;
  readonly insert: (id: number) => Promise<unknown>;
  readonly ids: () => Promise<string[]>;
}> {
  const connection = await bench.connect();
  const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
  await connection.begin({});
  return {
    connection,
    insert: (id) => bench.run(connection, `insert into ${table} (id) values (?)`, id),
    ids: () => bench.texts(connection, `select id from ${table} order by id`),
  };
}
