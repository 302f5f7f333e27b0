import assert from "node:assert/strict";
import type { RowsReturned } from "@nsj/mdb-core";
import type { Case } from "./area.ts";
import type { Bench } from "./bench.ts";
import { dialect as fact, type Need, snippet } from "./need.ts";
import { soon } from "./wait.ts";

/** A verb gives rows back in one of these ways. */
function gives(...ways: readonly RowsReturned[]): Need {
  return ({ dialect: { returning } }) =>
    Object.values(returning).some((way) => ways.includes(way))
      ? undefined
      : `dialect returning: ${JSON.stringify(returning)}`;
}

/** What a dialect says about statements that write. */
export const dialectWrites: readonly Case[] = [
  {
    name: "returns rows of a changing statement",
    needs: [gives("returning", "output")],
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${integer}, n ${integer}`);
      const { insert, update, delete: removal } = bench.dialect.returning;
      const rows = async (way: RowsReturned, head: string, tail: string, ...values: number[]) => {
        const output = "output inserted.id, inserted.n";
        if (way === "output")
          return textsOf(
            await bench.run(
              connection,
              `${head} ${head.startsWith("delete") ? output.replaceAll("inserted", "deleted") : output} ${tail}`,
              ...values,
            ),
          );
        if (way === "returning")
          return textsOf(await bench.run(connection, `${head} ${tail} returning id, n`, ...values));
        await bench.run(connection, `${head} ${tail}`, ...values);
        return undefined;
      };
      const written = await rows(insert, `insert into ${table} (id, n)`, "values (?, ?)", 1, 10);
      assert.deepEqual(written ?? [["1", "10"]], [["1", "10"]]);
      const changed = await rows(update, `update ${table} set n = n + 1`, "where id = ?", 1);
      assert.deepEqual(changed ?? [["1", "11"]], [["1", "11"]]);
      assert.deepEqual(await bench.texts(connection, `select n from ${table}`), ["11"], "once, and for good");
      const removed = await rows(removal, `delete from ${table}`, "where id = ?", 1);
      assert.deepEqual(removed ?? [["1", "11"]], [["1", "11"]]);
      assert.deepEqual(await bench.texts(connection, `select n from ${table}`), []);
    },
  },
  {
    name: "gives rows of a changing statement back through output parameters",
    needs: [gives("returning-into")],
    async run(bench) {
      const connection = await bench.connect();
      const { integer, text } = bench.subject.types;
      const table = await bench.table(connection, `id ${integer}, body ${text}`);
      const shape = await bench.run(connection, `select id, body from ${table}`);
      const { text: sent } = bench.statement(
        `insert into ${table} (id, body) values (?, ?) returning id, body into ?, ?`,
        ...[null, null, null, null],
      );
      const result = await connection.query({ text: sent, values: [1, "a"], returning: shape.columns }, soon());
      assert.deepEqual(
        result.rows.map((row) => row.map(String)),
        [["1", "a"]],
      );
      assert.deepEqual(await bench.texts(connection, `select id from ${table}`), ["1"]);
    },
  },
  {
    name: "counts the rows that a statement found, whether or not it changed anything in them",
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${integer} primary key, n ${integer}`);
      for (const id of [1, 2]) await bench.run(connection, `insert into ${table} (id, n) values (?, ?)`, id, 5);
      for (const [text, expected] of [
        [`update ${table} set n = n`, 2],
        [`update ${table} set n = 5 where id = 1`, 1],
        [`update ${table} set n = 5 where id = 3`, 0],
      ] as const) {
        const { affected } = await bench.run(connection, text);
        assert.ok(
          affected === expected || (affected === null && !Object.values(bench.dialect.returning).includes("none")),
          `${text}: ${affected}`,
        );
      }
    },
  },
  {
    name: "tells the key that it made for a row where INSERT gives no rows back",
    needs: [
      snippet("identityKey"),
      ({ dialect: { returning } }) =>
        returning.insert === "none" ? undefined : `dialect returning.insert: ${returning.insert}`,
    ],
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${bench.subject.sql.identityKey}, n ${integer}`);
      for (const n of [1, 2]) {
        const { generatedKey, affected } = await bench.run(connection, `insert into ${table} (n) values (?)`, n);
        assert.equal(affected, 1);
        assert.ok(generatedKey !== undefined);
        assert.deepEqual(await bench.texts(connection, `select n from ${table} where id = ?`, generatedKey), [
          String(n),
        ]);
      }
    },
  },
  {
    name: "inserts a row of defaults as it says",
    needs: [snippet("identityKey")],
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${bench.subject.sql.identityKey}, n ${integer} default 7`);
      const { emptyInsert = "default values" } = bench.dialect;
      await bench.run(connection, `insert into ${table} ${emptyInsert.replaceAll("$", "n")}`);
      assert.deepEqual(await bench.texts(connection, `select n from ${table}`), ["7"]);
    },
  },
  {
    name: "reads rows as they are now as it says",
    needs: [({ dialect: { lockingRead } }) => (lockingRead === undefined ? "dialect lockingRead: absent" : undefined)],
    async run(bench) {
      const connection = await bench.connect();
      const table = await bench.table(connection, `id ${bench.subject.types.integer} primary key`);
      await bench.run(connection, `insert into ${table} (id) values (?)`, 1);
      const text = `select id from ${table} where id = ? ${bench.dialect.lockingRead}`;
      assert.deepEqual(await bench.texts(connection, text, 1), ["1"]);
    },
  },
  {
    name: "tells an insert from an update in an upsert",
    needs: [
      ({ dialect: { upsertInserted } }) => (upsertInserted === null ? "dialect upsertInserted: null" : undefined),
    ],
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${integer} primary key, n ${integer}`);
      const text = upsertText(bench, table, bench.dialect.upsertInserted ?? undefined);
      const answers: string[] = [];
      for (const n of [1, 2]) answers.push(...(await bench.texts(connection, text, 7, n)));
      assert.deepEqual(
        answers.map((it) => it === "true" || it === "1"),
        [true, false],
      );
    },
  },
  {
    name: "inserts or updates in one statement",
    needs: [fact("upsert", "on-conflict", "on-duplicate-key", "merge")],
    async run(bench) {
      const connection = await bench.connect();
      const { integer } = bench.subject.types;
      const table = await bench.table(connection, `id ${integer} primary key, n ${integer}`);
      for (const n of [1, 2]) await bench.run(connection, upsertText(bench, table), 7, n);
      const rows = await bench.rows(connection, `select id, n from ${table}`);
      assert.deepEqual(
        rows.map((row) => row.map(String)),
        [["7", "2"]],
      );
    },
  },
];

function textsOf({ rows }: { readonly rows: readonly unknown[][] }): string[][] {
  return rows.map((row) => row.map(String));
}

/** @param inserted - what tells an insert from an update, if that is asked for */
function upsertText(bench: Bench, table: string, inserted?: string): string {
  const { upsert, returning } = bench.dialect;
  const row = `insert into ${table} (id, n) values (?, ?)`;
  const clause = inserted === undefined ? "" : ` ${returning.insert} ${inserted} as inserted`;
  if (upsert === "on-conflict") return `${row} on conflict (id) do update set n = excluded.n${clause}`;
  if (upsert === "on-duplicate-key") return `${row} on duplicate key update n = values(n)`;
  const source = bench.select(`${bench.cast("?", "integer")} as id, ${bench.cast("?", "integer")} as n`);
  const merge = `merge into ${table} t using (${source}) s on (t.id = s.id)
    when matched then update set n = s.n when not matched then insert (id, n) values (s.id, s.n)${clause}`;
  // SQL Server's MERGE, and no other, has to end with a semicolon.
  return returning.insert === "output" ? `${merge};` : merge;
}
