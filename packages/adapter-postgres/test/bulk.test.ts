import { jsonText, type ParameterValue } from "@nsj/mdb-core";
import { faultProxy } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server } from "./support/server.ts";

const schema = uniqueName("bulk");

beforeAll(() => asAdmin(`create schema ${schema}`));
afterAll(() => asAdmin(`drop schema ${schema} cascade`));

type Rows = readonly (readonly ParameterValue[])[];

async function* batches(...all: Rows[]): AsyncGenerator<Rows> {
  yield* all;
}

async function madeTable(columns: string): Promise<string[]> {
  const name = uniqueName();
  await asAdmin(`create table ${schema}.${name} (${columns})`);
  return [schema, name];
}

describe("bulkLoad", () => {
  it("brings every type and every awkward text through", async () => {
    const connection = await connected();
    const table = await madeTable(
      `n int, "T ext" text, i8 int8, d numeric, f float8, b bool, y bytea, da date, ts timestamp, tz timestamptz,
       j jsonb, u uuid, a text[], m int4[]`,
    );
    const moment = new Date("2024-02-29T12:00:00.123Z");
    const texts = [
      "",
      "plain",
      "tab\tnew\nline\rreturn",
      "\\",
      "\\N",
      "\\.",
      "back\\slash\\t",
      "\b\f\v",
      "ü😀",
      "NULL",
      "'\"",
      " lead and trail ",
    ];
    const rows: Rows = texts.map((text, index) => [
      index,
      text,
      9223372036854775807n,
      "12345678901234567890.123456789",
      0.1,
      index % 2 === 0,
      new Uint8Array([0, 9, 10, 13, 92, 255]),
      "2024-02-29",
      moment,
      moment,
      jsonText(JSON.stringify({ text })),
      "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      [text, null, "a,b"],
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const columns = ["n", "T ext", "i8", "d", "f", "b", "y", "da", "ts", "tz", "j", "u", "a", "m"];
    const nothing: Rows = [[texts.length, ...new Array<null>(columns.length - 1).fill(null)]];
    const target = { table, columns };
    expect(await connection.bulkLoad(target, batches(rows, [], nothing), soon())).toEqual({ rows: texts.length + 1 });
    const { rows: back } = await run(connection, `select * from ${table.join(".")} order by n`);
    expect(back.slice(0, -1)).toEqual(
      texts.map((text, index) => [
        index,
        text,
        "9223372036854775807",
        "12345678901234567890.123456789",
        0.1,
        index % 2 === 0,
        Buffer.from([0, 9, 10, 13, 92, 255]),
        "2024-02-29",
        "2024-02-29 12:00:00.123",
        expect.stringContaining("2024-02-29"),
        expect.any(String),
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        [text, null, "a,b"],
        [
          [1, 2],
          [3, 4],
        ],
      ]),
    );
    expect(back.map((row) => JSON.parse(String(row[10])))).toEqual([...texts.map((text) => ({ text })), null]);
    expect(back.at(-1)?.slice(1)).toEqual(new Array(columns.length - 1).fill(null));
  });

  it("loads 100 000 rows through a socket that is full at times", async () => {
    const connection = await connected();
    const table = await madeTable("id int, name text");
    async function* many(): AsyncGenerator<Rows> {
      for (let batch = 0; batch < 100; batch++) {
        yield Array.from({ length: 1_000 }, (_, index) => [batch * 1_000 + index, "x".repeat(200)]);
      }
    }
    expect(await connection.bulkLoad({ table, columns: ["id", "name"] }, many(), soon(60_000))).toEqual({
      rows: 100_000,
    });
    const { rows } = await run(connection, `select count(*), sum(id), sum(length(name)) from ${table.join(".")}`);
    expect(rows).toEqual([[100_000, 4_999_950_000, 20_000_000]]);
  });

  it("asks its source for no more while the network takes no more", async () => {
    const proxy = await faultProxy({ host: server.host, port: server.port });
    try {
      const connection = await connected({ ...proxy.address, sslmode: "disable" });
      const table = await madeTable("name text");
      const batch = Array.from({ length: 1_000 }, () => ["x".repeat(1_000)]);
      let asked = 0;
      const held = Promise.withResolvers<void>();
      async function* many(): AsyncGenerator<Rows> {
        for (; asked < 60; asked++) {
          if (asked === 5) {
            await proxy.set({ kind: "hold", direction: "to-server" });
            held.resolve();
          }
          yield batch;
        }
      }
      const loading = connection.bulkLoad({ table, columns: ["name"] }, many(), soon(60_000));
      await held.promise;
      // Many turns after the source was last asked, the rest of its 60 MB must still be where it was.
      let before = -1;
      for (let quiet = 0; quiet < 200; quiet = asked === before ? quiet + 1 : 0) {
        before = asked;
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(asked).toBeLessThan(40);
      await proxy.set({ kind: "pass" });
      expect(await loading).toEqual({ rows: 60_000 });
    } finally {
      await proxy.close();
    }
  }, 120_000);

  it("loads nothing from a source that has nothing", async () => {
    const connection = await connected();
    const table = await madeTable("id int");
    expect(await connection.bulkLoad({ table, columns: ["id"] }, batches(), soon())).toEqual({ rows: 0 });
    expect(await connection.bulkLoad({ table, columns: ["id"] }, batches([], []), soon())).toEqual({ rows: 0 });
  });

  it("throws what its source throws, and leaves nothing behind", async () => {
    const connection = await connected();
    const table = await madeTable("id int");
    const own = new Error("the source is broken");
    for (const inTransaction of [false, true]) {
      if (inTransaction) connection.begin({});
      async function* broken(): AsyncGenerator<Rows> {
        yield [[1], [2]];
        throw own;
      }
      const { error } = await failure(() => connection.bulkLoad({ table, columns: ["id"] }, broken(), soon()));
      expect(error).toBe(own);
      expect(connection.txStatus).toBe(inTransaction ? "failed" : "idle");
      await connection.rollback();
      expect(await value(connection, `select count(*) from ${table.join(".")}`)).toBe(0);
    }
  });

  it.each([
    ["a value that does not fit", [[[1], ["x"]]], "value"],
    ["a row that breaks a constraint", [[[1], [1]]], "unique"],
    ["a row of the wrong width", [[[1]], [[2, 3]]], "parameter"],
  ] satisfies [string, Rows[], string][])("refuses %s, keeps nothing, and closes its source", async (_, all, kind) => {
    const connection = await connected();
    const table = await madeTable("id int primary key");
    let closed = false;
    async function* source(): AsyncGenerator<Rows> {
      try {
        yield* all;
        // More than the socket takes at once, so that the refusal comes before the end.
        for (let batch = 0; batch < 1_000; batch++)
          yield Array.from({ length: 1_000 }, (__, id) => [1_000 + batch * 1_000 + id]);
      } finally {
        closed = true;
      }
    }
    const { info } = await failure(() => connection.bulkLoad({ table, columns: ["id"] }, source(), soon(60_000)));
    expect(info).toMatchObject({ kind, connection: "ok" });
    expect(closed).toBe(true);
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, `select count(*) from ${table.join(".")}`)).toBe(0);
  });

  it.each([
    ["a table", { table: [schema, "nowhere"], columns: ["id"] }],
    ["a column", { table: ["pg_catalog", "pg_class"], columns: ["nowhere"] }],
  ])("that names %s which does not exist does not ask its source", async (_, target) => {
    const connection = await connected();
    let asked = false;
    async function* source(): AsyncGenerator<Rows> {
      asked = true;
      yield [[1]];
    }
    expect((await failure(() => connection.bulkLoad(target, source(), soon()))).info.kind).toBe("undefined-object");
    expect(asked).toBe(false);
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("rejects when its connection dies under way", async () => {
    const connection = await connected();
    const table = await madeTable("id int");
    const pid = await value(connection, "select pg_backend_pid()");
    async function* source(): AsyncGenerator<Rows> {
      yield [[1]];
      await asAdmin("select pg_terminate_backend($1)", [pid]);
      for (;;) yield [[2]];
    }
    const { info } = await failure(() => connection.bulkLoad({ table, columns: ["id"] }, source(), soon()));
    expect(info).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    expect(connection.usable).toBe(false);
    const { rows } = await asAdmin(`select count(*)::int as n from ${table.join(".")}`);
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe("executeMany", () => {
  it("runs every set in order and counts the rows of all of them", async () => {
    const connection = await connected();
    const table = (await madeTable("id serial, n int, t text")).join(".");
    function* sets(): Generator<readonly ParameterValue[]> {
      for (let n = 0; n < 2_500; n++) yield [n, n % 7 === 0 ? null : `t${n}`];
    }
    const text = `insert into ${table} (n, t) values ($1, $2)`;
    expect(await connection.executeMany(text, sets(), soon())).toEqual({ affected: 2_500 });
    expect(await value(connection, `select bool_and(id = n + 1) from ${table}`)).toBe(true);
    const update = `update ${table} set t = $1 where n < $2`;
    expect(
      await connection.executeMany(
        update,
        [
          ["x", 10],
          ["y", 20],
        ],
        soon(),
      ),
    ).toEqual({ affected: 30 });
    expect(await connection.executeMany("select $1::int4", [[1], [2]], soon())).toEqual({ affected: 2 });
  });

  it("names the set that failed, wherever it stands", async () => {
    const connection = await connected();
    const table = (await madeTable("id int primary key")).join(".");
    for (const at of [0, 999, 1_000, 1_700]) {
      const sets = Array.from({ length: 2_000 }, (_, id) => [id === at ? "x" : id]);
      connection.begin({});
      const { error, info } = await failure(() =>
        connection.executeMany(`insert into ${table} values ($1)`, sets, soon()),
      );
      expect(error).toMatchObject({ parameterSetIndex: at });
      expect(info).toMatchObject({ kind: "value", connection: "ok" });
      expect(connection.txStatus).toBe("failed");
      await connection.rollback();
    }
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("names a set that cannot be sent, and takes hints about types", async () => {
    const connection = await connected();
    const sets: ParameterValue[][] = [[1], new Array<number>(70_000).fill(1)];
    const { error } = await failure(() => connection.executeMany("select $1", sets, soon()));
    expect(error).toMatchObject({ parameterSetIndex: 1 });
    const table = (await madeTable("t text")).join(".");
    await connection.executeMany(`insert into ${table} select pg_typeof($1)`, [["1"], ["2"]], soon(), [
      { type: "int8" },
    ]);
    expect(await value(connection, `select string_agg(t, ' ') from ${table}`)).toBe("bigint bigint");
  });

  it("throws what its source throws", async () => {
    const connection = await connected();
    const own = new Error("the source is broken");
    function* broken(): Generator<readonly ParameterValue[]> {
      yield [1];
      throw own;
    }
    expect((await failure(() => connection.executeMany("select $1::int4", broken(), soon()))).error).toBe(own);
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("reports a text that cannot be parsed at its first set", async () => {
    const connection = await connected();
    const { error, info } = await failure(() => connection.executeMany("selec $1", [[1], [2]], soon()));
    expect(error).toMatchObject({ parameterSetIndex: 0 });
    expect(info).toMatchObject({ kind: "syntax", position: 1 });
  });
});

describe("COPY as a query", () => {
  it.each([
    ["copy pg_temp.t from stdin", "an insertion"],
    ["copy (select 1) to stdout", "a copy out"],
    ["copy pg_temp.t from stdin; select 1", "an insertion in a script"],
    ["select 1; copy (select 1) to stdout", "a copy out in a script"],
  ])("is refused, and the connection stays in step: %s", async (text) => {
    const connection = await connected();
    await run(connection, "create temp table t (id int)");
    expect((await failure(() => run(connection, text))).info).toMatchObject({ kind: "unsupported", connection: "ok" });
    expect(connection.usable).toBe(true);
    expect(await value(connection, "select 1")).toBe(1);
  });
});
