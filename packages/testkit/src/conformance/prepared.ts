import assert from "node:assert/strict";
import type { Area } from "./area.ts";
import { capability, snippet } from "./need.ts";
import { soon } from "./wait.ts";

/** The questions are worth asking of a driver without prepared statements too: none of them may be noticed. */
export const prepared: Area = {
  name: "prepared",
  cases: [
    {
      name: "runs one text two hundred times with other values each time",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        for (let id = 0; id < 200; id++) {
          await bench.run(
            connection,
            `insert into ${table} (id, body) values (?, ?)`,
            id,
            id % 7 === 0 ? null : `b${id}`,
          );
        }
        for (let id = 0; id < 200; id++) {
          const [row] = await bench.rows(connection, `select body from ${table} where id = ?`, id);
          assert.equal(row?.[0], id % 7 === 0 ? null : `b${id}`);
        }
      },
    },
    {
      name: "runs more texts than any cache keeps, and the first one again",
      async run(bench) {
        const connection = await bench.connect();
        for (let round = 0; round < 2; round++) {
          for (let index = 0; index < 400; index++) {
            const texts = await bench.texts(connection, bench.select(`${index} + 0 as c${index}`));
            assert.equal(texts[0], String(index));
          }
        }
      },
    },
    {
      name: "keeps no more statements on the server than it has to",
      needs: [snippet("openStatements")],
      async run(bench) {
        const connection = await bench.connect();
        for (let round = 0; round < 2; round++) {
          for (let index = 0; index < 300; index++) {
            const text = bench.select(`${bench.cast("?", "integer")} + ${index} as n`);
            await bench.run(connection, text, 1);
            await bench.run(connection, text, 2);
          }
        }
        const [open] = (await bench.texts(connection, bench.subject.sql.openStatements ?? "")).map(Number);
        assert.ok(open !== undefined);
        assert.ok(open < 250, `600 texts have left ${open} prepared statements`);
      },
    },
    {
      name: "sees a column that was added since",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}`);
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        for (let round = 0; round < 8; round++) {
          assert.equal((await bench.run(connection, `select * from ${table} where id = ?`, 1)).columns.length, 1);
        }
        const word = bench.dialect.upsert === "merge" ? "add" : "add column";
        await bench.run(connection, `alter table ${table} ${word} body ${text}`);
        const result = await bench.run(connection, `select * from ${table} where id = ?`, 1);
        assert.deepEqual(
          result.columns.map((it) => it.name.toLowerCase()),
          ["id", "body"],
        );
        assert.deepEqual(
          result.rows.map((row) => [String(row[0]), row[1]]),
          [["1", null]],
        );
      },
    },
    {
      name: "sees that a table was dropped and made anew with other types",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `v ${integer}`);
        for (let round = 0; round < 8; round++) {
          await bench.run(connection, `insert into ${table} (v) values (?)`, round);
          await bench.run(connection, `select v from ${table}`);
        }
        await bench.run(connection, `drop table ${table}`);
        await bench.run(connection, `create table ${table} (v ${text})`);
        await bench.run(connection, `insert into ${table} (v) values (?)`, "not a number");
        const result = await bench.run(connection, `select v from ${table}`);
        assert.deepEqual(result.rows, [["not a number"]]);
        assert.equal(result.columns[0]?.type, "string");
      },
    },
    {
      name: "runs a text again after it had failed, in and out of a transaction",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
        const insert = `insert into ${table} (id) values (?)`;
        for (let round = 0; round < 8; round++) {
          await bench.run(connection, insert, round);
          await bench.failing(() => bench.run(connection, insert, round));
          await connection.begin({});
          await bench.failing(() => bench.run(connection, insert, round));
          await connection.rollback();
        }
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["8"]);
      },
    },
    {
      name: "runs a text that failed because its table was missing, once the table is there",
      async run(bench) {
        const connection = await bench.connect();
        const name = bench.name();
        for (let round = 0; round < 6; round++)
          await bench.failing(() => bench.run(connection, `select id from ${name}`));
        await bench.run(connection, `create table ${name} (id ${bench.subject.types.integer})`);
        bench.dropLater(`drop table ${name}`);
        assert.deepEqual(await bench.rows(connection, `select id from ${name}`), []);
      },
    },
    {
      name: "uses its statements on after a reset of the session",
      needs: [capability("reset")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const count = `select count(*) from ${table} where id > ?`;
        for (let round = 0; round < 8; round++) {
          await bench.run(connection, `insert into ${table} (id) values (?)`, round);
          assert.deepEqual(await bench.texts(connection, count, -1), [String(round + 1)]);
          await connection.reset?.({ scope: "session" }, soon());
        }
      },
    },
    {
      name: "takes other kinds of values for the same text",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, bigint = integer } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, v ${bigint}`);
        const values = [1, null, 2n, 3, null, 4n];
        for (const [id, value] of values.entries()) {
          await bench.run(connection, `insert into ${table} (id, v) values (?, ?)`, id, value);
        }
        const texts = await bench.texts(connection, `select v from ${table} order by id`);
        assert.deepEqual(texts, ["1", "null", "2", "3", "null", "4"]);
      },
    },
  ],
};
