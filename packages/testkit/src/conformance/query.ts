import assert from "node:assert/strict";
import type { Area } from "./area.ts";
import { capability, type } from "./need.ts";
import { soon } from "./wait.ts";

export const query: Area = {
  name: "query",
  cases: [
    {
      name: "gives rows as arrays in the order of the columns",
      async run(bench) {
        const connection = await bench.connect();
        const result = await bench.run(connection, bench.select("1 as a, 'x' as b, null as c"));
        assert.equal(result.columns.length, 3);
        assert.deepEqual(
          result.columns.map((it) => it.name.toLowerCase()),
          ["a", "b", "c"],
        );
        assert.equal(result.rows.length, 1);
        const [row] = result.rows;
        assert.ok(Array.isArray(row));
        assert.deepEqual([String(row[0]), row[1], row[2]], ["1", "x", null]);
      },
    },
    {
      name: "gives the columns of an empty result",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(
          connection,
          `id ${bench.subject.types.integer}, name ${bench.subject.types.text}`,
        );
        const result = await bench.run(connection, `select id, name from ${table}`);
        assert.deepEqual(result.rows, []);
        assert.deepEqual(
          result.columns.map((it) => it.name.toLowerCase()),
          ["id", "name"],
        );
        assert.ok(result.affected === 0 || result.affected === null);
      },
    },
    {
      name: "has no columns and no rows for a statement that returns none, and counts what it changed",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const counts: (number | null)[] = [];
        for (const text of [
          `insert into ${table} (id) values (1)`,
          `insert into ${table} (id) select n + 1 from (${bench.subject.sql.series(4)}) s`,
          `update ${table} set id = id + 10 where id > 3`,
          `update ${table} set id = 0 where id = 99`,
          `delete from ${table} where id > 3`,
          `delete from ${table} where id = 99`,
        ]) {
          const result = await bench.run(connection, text);
          assert.deepEqual([result.columns, result.rows], [[], []], text);
          counts.push(result.affected);
        }
        assert.deepEqual(counts, [1, 4, 2, 0, 2, 0]);
      },
    },
    {
      name: "keeps every column of a result whose names repeat",
      async run(bench) {
        const connection = await bench.connect();
        const result = await bench.run(connection, bench.select("1 as a, 2 as a, 3 as b, 4 as a"));
        assert.deepEqual(
          result.columns.map((it) => it.name.toLowerCase()),
          ["a", "a", "b", "a"],
        );
        assert.deepEqual(result.rows[0]?.map(String), ["1", "2", "3", "4"]);
      },
    },
    {
      name: "keeps the case and the characters of a quoted column name",
      async run(bench) {
        const connection = await bench.connect();
        const names = ["MixedCase", "with space", "ünïcödé", "select", "a.b"];
        const list = names.map((name, index) => `${index} as ${bench.quote(name)}`).join(", ");
        const result = await bench.run(connection, bench.select(list));
        assert.deepEqual(
          result.columns.map((it) => it.name),
          names,
        );
      },
    },
    {
      name: "gives a result of 1 000 columns",
      async run(bench) {
        const connection = await bench.connect();
        const list = Array.from({ length: 1_000 }, (_, index) => `${index} as c${index}`).join(", ");
        const { columns, rows } = await bench.run(connection, bench.select(list));
        assert.equal(columns.length, 1_000);
        assert.equal(columns[999]?.name.toLowerCase(), "c999");
        assert.deepEqual(
          rows[0]?.map(String),
          Array.from({ length: 1_000 }, (_, index) => String(index)),
        );
      },
    },
    {
      name: "gives 100 000 rows, each an array of its own",
      async run(bench) {
        const connection = await bench.connect();
        const { rows } = await bench.run(connection, bench.subject.sql.series(100_000));
        assert.equal(rows.length, 100_000);
        assert.equal(new Set(rows).size, 100_000, "no row array is used twice");
        const wrong = rows.findIndex((row, index) => row.length !== 1 || String(row[0]) !== String(index + 1));
        assert.equal(wrong, -1, "every row holds its own number");
      },
    },
    {
      name: "carries a text of 1 MB both ways",
      needs: [type("longText")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `body ${bench.subject.types.longText}`);
        const body = "0123456789äöü€\u{1f600}".repeat(60_000);
        await bench.run(connection, `insert into ${table} (body) values (?)`, body);
        const rows = await bench.rows(connection, `select body from ${table}`);
        assert.ok(rows[0]?.[0] === body, "the text came back as it went");
      },
    },
    {
      name: "accepts comments, line breaks and blanks around a statement",
      async run(bench) {
        const connection = await bench.connect();
        const texts = [
          `-- first\n${bench.select("1")}`,
          `/* first */ ${bench.select("1")}`,
          `\n\t  ${bench.select("1")}\n  `,
          `${bench.select("1")} -- last`,
          `${bench.select("1")} /* it's "last" ? :a $1 @p1 */`,
        ];
        for (const text of texts) {
          const result = await connection.query({ text, values: [] }, soon());
          assert.deepEqual(
            result.rows.map((row) => row.map(String)),
            [["1"]],
            text,
          );
        }
      },
    },
    {
      name: "runs a text of several statements as a whole or not at all",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const insert = (id: number) => `insert into ${table} (id) values (${id})`;
        let refused = false;
        try {
          await bench.run(connection, `${insert(1)}; ${insert(2)}`);
        } catch {
          refused = true;
        }
        const stored = await bench.texts(connection, `select id from ${table} order by id`);
        assert.deepEqual(stored, refused ? [] : ["1", "2"], refused ? "nothing was run" : "all of it was run");
        await bench.works(connection);
      },
    },
    {
      name: "does not touch the statement it was given",
      async run(bench) {
        const connection = await bench.connect();
        const statement = bench.statement(`select n from (${bench.subject.sql.series(3)}) s where n = ?`, 2);
        const frozen = Object.freeze({ text: statement.text, values: Object.freeze([...statement.values]) });
        for (let round = 0; round < 3; round++) {
          const result = await connection.query(frozen, soon());
          assert.deepEqual(
            result.rows.map((row) => row.map(String)),
            [["2"]],
          );
        }
      },
    },
    {
      name: "gives every result of a text with several statements",
      needs: [capability("multipleResultSets")],
      async run(bench) {
        const connection = await bench.connect();
        const text = `${bench.select("1 as a")}; ${bench.select("2 as b, 3 as c")}; ${bench.select("4 as d")}`;
        const names: string[][] = [];
        const values: string[][] = [];
        for (
          let at: Awaited<ReturnType<typeof bench.run>> | undefined = await bench.run(connection, text);
          at;
          at = at.next
        ) {
          names.push(at.columns.map((it) => it.name.toLowerCase()));
          values.push(...at.rows.map((row) => row.map(String)));
        }
        assert.deepEqual(names, [["a"], ["b", "c"], ["d"]]);
        assert.deepEqual(values, [["1"], ["2", "3"], ["4"]]);
        await bench.works(connection);
      },
    },
    {
      name: "answers statements that were sent without waiting in their order",
      needs: [capability("concurrency", "pipelined")],
      async run(bench) {
        const connection = await bench.connect();
        const order: number[] = [];
        const answers = await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const texts = await bench.texts(connection, bench.select(`${index} + 0`));
            order.push(index);
            return texts[0];
          }),
        );
        assert.deepEqual(
          answers,
          Array.from({ length: 50 }, (_, index) => String(index)),
        );
        assert.deepEqual(
          order,
          Array.from({ length: 50 }, (_, index) => index),
        );
      },
    },
    {
      name: "lets the statements around a failing one succeed when they were sent without waiting",
      needs: [capability("concurrency", "pipelined")],
      async run(bench) {
        const connection = await bench.connect();
        const outcomes = await Promise.allSettled([
          bench.texts(connection, bench.select("1")),
          bench.texts(connection, "select nothing_of_this_name from nowhere_at_all"),
          bench.texts(connection, bench.select("3")),
        ]);
        assert.deepEqual(
          outcomes.map((it) => (it.status === "fulfilled" ? it.value[0] : "failed")),
          ["1", "failed", "3"],
        );
        await bench.works(connection);
      },
    },
    {
      name: "uses one connection for a thousand statements in a row",
      async run(bench) {
        const connection = await bench.connect();
        for (let index = 0; index < 1_000; index++) {
          const texts = await bench.texts(connection, bench.select(`${index % 10} + 1`));
          assert.equal(texts[0], String((index % 10) + 1));
        }
      },
    },
  ],
};
