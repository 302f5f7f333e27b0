import assert from "node:assert/strict";
import { jsonText, type ParameterValue } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { plainDecimal } from "./canonical.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { dialect, type } from "./need.ts";
import { soon } from "./wait.ts";

export const parameters: Area = {
  name: "parameters",
  cases: [
    {
      name: "gives each placeholder its own value, in order",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `a ${integer}, b ${text}, c ${integer}, d ${text}`);
        await bench.run(connection, `insert into ${table} (a, b, c, d) values (?, ?, ?, ?)`, 1, "two", 3, "four");
        const rows = await bench.rows(connection, `select a, b, c, d from ${table} where c = ? and a = ?`, 3, 1);
        assert.deepEqual(
          rows.map((row) => row.map(String)),
          [["1", "two", "3", "four"]],
        );
        assert.deepEqual(await bench.rows(connection, `select a from ${table} where c = ? and a = ?`, 1, 3), []);
      },
    },
    {
      name: "keeps more than nine parameters apart",
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const names = Array.from({ length: 25 }, (_, index) => `c${index}`);
        const table = await bench.table(connection, names.map((name) => `${name} ${integer}`).join(", "));
        const places = names.map(() => "?").join(", ");
        const values = names.map((_, index) => index * 7);
        await bench.run(connection, `insert into ${table} (${names.join(", ")}) values (${places})`, ...values);
        const [row] = await bench.rows(connection, `select ${names.join(", ")} from ${table}`);
        assert.deepEqual(row?.map(Number), values);
      },
    },
    {
      name: "keeps SQL NULL apart from the text and from nothing",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, a ${text}, b ${integer}`);
        await bench.run(connection, `insert into ${table} (id, a, b) values (?, ?, ?)`, 1, null, null);
        await bench.run(connection, `insert into ${table} (id, a, b) values (?, ?, ?)`, 2, "null", 0);
        const rows = await bench.rows(connection, `select a, b from ${table} order by id`);
        assert.deepEqual(rows[0], [null, null]);
        assert.deepEqual(rows[1]?.map(String), ["null", "0"]);
        assert.deepEqual(await bench.texts(connection, `select id from ${table} where a is null`), ["1"]);
      },
    },
    {
      name: "stores an integer beyond 64 bits as it is, or refuses it",
      needs: [type("decimal")],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, decimal } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, v ${decimal}`);
        const stored: string[] = [];
        for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 64n + 5n, 10n ** 25n]) {
          try {
            await bench.run(connection, `insert into ${table} (id, v) values (?, ?)`, stored.length, value);
            stored.push(String(value));
          } catch (error) {
            const { kind } = bench.driver.classify(error);
            assert.ok(kind === "value" || kind === "parameter", `refused as "${kind}": ${String(error)}`);
          }
        }
        const read = await bench.texts(connection, `select v from ${table} order by id`);
        assert.deepEqual(read.map(plainDecimal), stored);
      },
    },
    {
      name: "brings every hostile text there and back, and runs none of it",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const texts = hostileTexts(table);
        for (const [id, body] of texts.entries()) {
          await bench.run(connection, `insert into ${table} (id, body) values (?, ?)`, id, body);
        }
        const rows = await bench.rows(connection, `select body from ${table} order by id`);
        for (const [id, body] of texts.entries()) {
          const expected = body === "" && bench.dialect.emptyStringIsNull ? null : body;
          assert.equal(rows[id]?.[0], expected, `text ${id} as it was`);
          if (expected === null) continue;
          const found = await bench.texts(connection, `select id from ${table} where id = ? and body = ?`, id, body);
          assert.deepEqual(found, [String(id)], `text ${id} is found by itself`);
        }
        assert.equal(rows.length, texts.length);
      },
    },
    {
      name: "does not look for placeholders in quotes and comments",
      async run(bench) {
        const connection = await bench.connect();
        const marks = "? $1 $2 :1 :a @p1";
        const text = bench.select(
          `'${marks}' as a, ${bench.cast(bench.placeholder(1), "integer")} as b /* ${marks} */`,
        );
        const result = await connection.query({ text, values: [7] }, soon());
        assert.deepEqual(
          result.rows.map((row) => row.map(String)),
          [[marks, "7"]],
        );
      },
    },
    {
      name: "fails on too few and on too many values, and stays usable",
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `a ${integer}, b ${integer}`);
        const text = `insert into ${table} (a, b) values (${bench.placeholder(1)}, ${bench.placeholder(2)})`;
        for (const values of [[], [1], [1, 2, 3]]) {
          await bench.failing(() => connection.query({ text, values }, soon()), `${values.length} values for two`);
          assert.equal(connection.usable, true);
        }
        await connection.query({ text, values: [1, 2] }, soon());
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["1"], "nothing was stored");
        await bench.works(connection);
      },
    },
    {
      name: "takes as many parameters as its dialect says, and refuses one more",
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}`);
        await bench.run(connection, `insert into ${table} (id) values (1)`);
        const most = bench.dialect.maxParameters;
        // Lists of at most 500, because an engine may limit one IN list or one expression more tightly than a statement.
        const condition = (count: number) => {
          const places = Array.from({ length: count }, (_, index) => bench.placeholder(index + 1));
          const lists: string[] = [];
          for (let at = 0; at < count; at += 500) lists.push(`id in (${places.slice(at, at + 500).join(", ")})`);
          return lists.join(" or ");
        };
        const values = (count: number): ParameterValue[] =>
          Array.from({ length: count }, (_, index) => index + 1 - count + 1);
        const statement = (count: number) => ({
          text: `select count(*) from ${table} where ${condition(count)}`,
          values: values(count),
        });
        const { rows } = await connection.query(statement(most), soon(30_000));
        assert.equal(String(rows[0]?.[0]), "1", "the last of them was the one that matched");
        await bench.failing(() => connection.query(statement(most + 1), soon(30_000)), "one parameter more");
        await bench.worksOrSaysSo(connection);
      },
    },
    {
      name: "tells a JSON document from a string",
      needs: [type("json")],
      async run(bench) {
        const connection = await bench.connect();
        const { integer, json } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, doc ${json}`);
        await bench.run(connection, `insert into ${table} (id, doc) values (?, ?)`, 1, jsonText('{"a":"it\'s"}'));
        const [row] = await bench.rows(connection, `select doc from ${table}`);
        assert.deepEqual(JSON.parse(String(row?.[0])), { a: "it's" });
      },
    },
    {
      name: "takes an array as one value",
      needs: [dialect("arrayParameters", true)],
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}`);
        await bench.run(connection, `insert into ${table} (id) select n from (${bench.subject.sql.series(5)}) s`);
        const text = `select id from ${table} where id = any(?) order by id`;
        assert.deepEqual(await bench.texts(connection, text, [2, 4, 9]), ["2", "4"]);
        assert.deepEqual(await bench.texts(connection, text, []), []);
      },
    },
    {
      name: "refuses an array where it cannot be a value",
      needs: [dialect("arrayParameters", false)],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        await bench.failing(() => bench.run(connection, `insert into ${table} (id) values (?)`, [1, 2]));
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), ["0"]);
        await bench.works(connection);
      },
    },
    {
      name: "takes a hint of the engine's own type for a parameter",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const hints = [{ type: integer }, undefined, { type: integer }];
        const insert = bench.statement(
          `insert into ${table} (id, body) select ?, ? from (${bench.subject.sql.series(1)}) s where n = ?`,
          7,
          "x",
          1,
        );
        await connection.query({ ...insert, hints }, soon());
        assert.deepEqual(
          (await bench.rows(connection, `select id, body from ${table}`)).map((row) => row.map(String)),
          [["7", "x"]],
        );
      },
    },
    {
      name: "forgets the values of one statement before the next",
      async run(bench) {
        const connection = await bench.connect();
        const { integer, text } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, body ${text}`);
        const insert = `insert into ${table} (id, body) values (?, ?)`;
        await bench.run(connection, insert, 1, "a long text that must not come back");
        await bench.run(connection, insert, 2, "b");
        await bench.run(connection, insert, 3, null);
        const rows = await bench.rows(connection, `select body from ${table} order by id`);
        assert.deepEqual(
          rows.map((row) => row[0]),
          ["a long text that must not come back", "b", null],
        );
      },
    },
  ],
};
