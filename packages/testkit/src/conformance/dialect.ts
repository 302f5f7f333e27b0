import assert from "node:assert/strict";
import type { Area } from "./area.ts";
import { dialectWrites } from "./dialect-writes.ts";
import { dialect as fact, type } from "./need.ts";
import { soon } from "./wait.ts";

export const dialect: Area = {
  name: "dialect",
  cases: [
    ...dialectWrites,
    {
      name: "declares facts that can be",
      async run({ dialect: facts }) {
        assert.ok(["dollar", "question", "at-name", "colon-number"].includes(facts.placeholder));
        assert.ok(facts.quote.length === 2 && facts.quote.every((it) => it.length === 1));
        for (const key of ["maxParameters", "maxInList", "maxRowsPerValues"] as const) {
          assert.ok(facts[key] >= 1, `${key}: ${facts[key]}`);
        }
        assert.ok(facts.maxIdentifier.length >= 1);
        assert.equal(new Set(facts.lexical).size, facts.lexical.length);
      },
    },
    {
      name: "quotes reserved words, quotes, blanks and any script",
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const [, close] = bench.dialect.quote;
        const names = bench.quotable([
          "select",
          "order",
          `a${close}b`,
          `${close}${close}`,
          "two words",
          "semi;colon",
          "-- comment",
          "ünï",
          "MixedCase",
          "'",
          "?",
          "$1",
          ":a",
          "@p1",
        ]);
        const [table = ""] = bench.quotable([`t ${close} ${bench.name()}`, `t ${bench.name()}`]);
        const columns = names.map((name) => `${bench.quote(name)} ${integer}`).join(", ");
        const run = (text: string) => connection.query({ text, values: [] }, soon());
        await run(`create table ${bench.quote(table)} (${columns})`);
        bench.dropLater(`drop table ${bench.quote(table)}`);
        const list = names.map((name) => bench.quote(name)).join(", ");
        const values = names.map((_, index) => String(index)).join(", ");
        await run(`insert into ${bench.quote(table)} (${list}) values (${values})`);
        const result = await run(`select ${list} from ${bench.quote(table)}`);
        assert.deepEqual(
          result.columns.map((it) => it.name),
          names,
        );
        assert.deepEqual(
          result.rows[0]?.map(String),
          names.map((_, index) => String(index)),
        );
      },
    },
    {
      name: "folds names without quotes as it says",
      async run(bench) {
        const connection = await bench.connect();
        const name = bench.name();
        await bench.run(connection, `create table ${name} (MixedCase ${bench.subject.types.integer})`);
        bench.dropLater(`drop table ${name}`);
        await bench.run(connection, `insert into ${name.toUpperCase()} (mixedcase) values (1)`);
        const folded = { lower: "mixedcase", upper: "MIXEDCASE", none: "MixedCase" }[bench.dialect.foldCase];
        assert.deepEqual(await bench.texts(connection, `select ${bench.quote(folded)} from ${name}`), ["1"]);
      },
    },
    {
      name: "tells names of the greatest length apart by their last character",
      async run(bench) {
        const { length } = bench.dialect.maxIdentifier;
        const connection = await bench.connect();
        const size = Math.min(length, 500);
        const stem = `${bench.name()}_`.padEnd(size - 1, "x");
        const names = [`${stem}a`, `${stem}b`];
        for (const [index, name] of names.entries()) {
          await bench.run(connection, `create table ${bench.quote(name)} (id ${bench.subject.types.integer})`);
          bench.dropLater(`drop table ${bench.quote(name)}`);
          await bench.run(connection, `insert into ${bench.quote(name)} (id) values (${index})`);
        }
        for (const [index, name] of names.entries()) {
          assert.deepEqual(await bench.texts(connection, `select id from ${bench.quote(name)}`), [String(index)]);
        }
      },
    },
    {
      name: "pages as it says",
      async run(bench) {
        const connection = await bench.connect();
        const base = `select n from (${bench.subject.sql.series(10)}) s order by n`;
        const page =
          bench.dialect.limit === "limit-offset"
            ? `${base} limit 3 offset 4`
            : `${base} offset 4 rows fetch next 3 rows only`;
        assert.deepEqual(await bench.texts(connection, page), ["5", "6", "7"]);
      },
    },
    {
      name: "sorts NULL where it says",
      async run(bench) {
        const connection = await bench.connect();
        const { integer } = bench.subject.types;
        const table = await bench.table(connection, `id ${integer}, n ${integer}`);
        await bench.run(connection, `insert into ${table} (id, n) values (?, ?)`, 1, 5);
        await bench.run(connection, `insert into ${table} (id, n) values (?, ?)`, 2, null);
        await bench.run(connection, `insert into ${table} (id, n) values (?, ?)`, 3, -5);
        const expected = bench.dialect.nullsSort === "low" ? ["2", "3", "1"] : ["3", "1", "2"];
        assert.deepEqual(await bench.texts(connection, `select id from ${table} order by n`), expected);
      },
    },
    {
      name: "has a pattern operator that does not ignore case where it says so",
      needs: [fact("patternMatch", "glob")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `body ${bench.subject.types.text}`);
        for (const body of ["Abc", "abc"]) await bench.run(connection, `insert into ${table} (body) values (?)`, body);
        const found = await bench.texts(connection, `select body from ${table} where body glob ?`, "A*");
        assert.deepEqual(found, ["Abc"]);
      },
    },
    {
      name: "selects without a table as it says",
      async run(bench) {
        const connection = await bench.connect();
        const from = bench.dialect.selectNeedsFrom;
        const text = from === null ? "select 1 + 1" : `select 1 + 1 from ${from}`;
        assert.deepEqual(await bench.texts(connection, text), ["2"]);
      },
    },
    {
      name: "takes the empty text for NULL where it says so, and only there",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `body ${bench.subject.types.text}`);
        await bench.run(connection, `insert into ${table} (body) values (?)`, "");
        const [count] = await bench.texts(connection, `select count(*) from ${table} where body is null`);
        assert.equal(count, bench.dialect.emptyStringIsNull ? "1" : "0");
      },
    },
    {
      name: "takes as many elements in one IN list as it says",
      async run(bench) {
        const connection = await bench.connect();
        const count = Math.min(bench.dialect.maxInList, bench.dialect.maxParameters, 5_000);
        const list = Array.from({ length: count }, (_, index) => bench.placeholder(index + 1)).join(", ");
        const text = `select n from (${bench.subject.sql.series(3)}) s where n in (${list}) order by n`;
        const values = Array.from({ length: count }, (_, index) => index + 2);
        const { rows } = await connection.query({ text, values }, soon());
        assert.deepEqual(
          rows.map((row) => String(row[0])),
          count === 1 ? ["2"] : ["2", "3"],
        );
      },
    },
    {
      name: "takes as many rows in one VALUES list as it says",
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const count = Math.min(bench.dialect.maxRowsPerValues, bench.dialect.maxParameters, 2_000);
        const rows = Array.from({ length: count }, (_, index) => `(${bench.placeholder(index + 1)})`).join(", ");
        const values = Array.from({ length: count }, (_, index) => index);
        const result = await connection.query({ text: `insert into ${table} (id) values ${rows}`, values }, soon());
        assert.ok(result.affected === count || result.affected === null);
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table}`), [String(count)]);
      },
    },
    {
      name: "keeps true and false as it says",
      needs: [type("boolean"), fact("booleanType", "native", "bit")],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `v ${bench.subject.types.boolean}`);
        await bench.run(connection, `insert into ${table} (v) values (?)`, true);
        const text = bench.dialect.booleanType === "native" ? "true" : "1";
        assert.deepEqual(await bench.texts(connection, `select count(*) from ${table} where v = ${text}`), ["1"]);
      },
    },
  ],
};
