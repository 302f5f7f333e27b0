import { type DriverConnection, unlimited } from "@nsj/mdb-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "./support/server.ts";
import { connected, rows, run } from "./support/statements.ts";

const server = testServer();
const processZone = process.env["TZ"];
let connection: DriverConnection;

beforeAll(async () => {
  connection = await connected(server);
  const columns = "d date, t timestamp(3), z timestamp(3) with time zone, l timestamp(3) with local time zone";
  await run(connection, `create table moments (id number(3), ${columns})`);
});
afterAll(() => connection.close(unlimited));
afterEach(async () => {
  if (processZone === undefined) Reflect.deleteProperty(process.env, "TZ");
  else process.env["TZ"] = processZone;
  await run(connection, "delete from moments");
});

/** Among them hours that a zone of the test skips or has twice, and years that a two-digit year would be taken for. */
const moments = [
  "0001-01-01T00:00:00.000Z",
  "0099-12-31T23:59:59.000Z",
  "1582-10-20T00:00:00.000Z",
  "1899-12-31T23:59:59.000Z",
  "1969-12-31T23:59:59.999Z",
  "2018-11-04T00:30:00.000Z",
  "2026-03-29T02:30:00.001Z",
  "2026-10-25T02:30:00.000Z",
  "9999-12-31T23:59:59.999Z",
].map((text) => new Date(text));

/** As a column gives it: the fields of UTC. */
const fields = (moment: Date) =>
  moment
    .toISOString()
    .replace("T", " ")
    .replace(/(\.000)?Z$/, "");
/** As a column with a zone gives it, in the session's own format. */
const zoned = (moment: Date) => `${fields(moment)}${moment.getTime() % 1000 === 0 ? ".0" : ""}+00:00`;
const wholeSeconds = (moment: Date) => fields(new Date(Math.floor(moment.getTime() / 1000) * 1000));

describe.each(["UTC", "America/Sao_Paulo", "Europe/Berlin", "Asia/Kolkata"])("in a process under %s", (zone) => {
  it("a Date comes back with the fields of UTC, from every type, one by one and in an array", async () => {
    process.env["TZ"] = zone;
    expect(new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone).toBe(
      new Intl.DateTimeFormat("en", { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }).resolvedOptions()
        .timeZone,
    );
    const insert = "insert into moments values (:1, :2, :3, :4, :5)";
    const hints = [
      undefined,
      { type: "date" },
      undefined,
      { type: "timestamp with time zone" },
      { type: "timestamptz" },
    ];
    const sets = moments.map((it, index) => [index, it, it, it, it]);
    for (const values of sets) await connection.query({ text: insert, values, hints }, unlimited);
    const later = sets.map(([id, ...dates]) => [Number(id) + 100, ...dates]);
    await connection.begin({});
    await connection.executeMany?.(insert, later, unlimited, hints);
    await connection.commit();
    const read = await rows(connection, "select d, t, z, l from moments order by id");
    const expected = moments.map((it) => [wholeSeconds(it), fields(it), zoned(it), zoned(it)]);
    expect(read).toEqual([...expected, ...expected]);
  });

  it("the server sees them the same way, in text and in conditions", async () => {
    process.env["TZ"] = zone;
    const [, , , , before1970 = new Date(0)] = moments;
    await run(connection, "insert into moments (id, t) values (1, :1)", [before1970]);
    expect(
      await rows(connection, "select to_char(t, 'YYYY-MM-DD HH24:MI:SS.FF3') from moments where t = :1", [before1970]),
    ).toEqual([["1969-12-31 23:59:59.999"]]);
    expect(await rows(connection, "select id from moments where t < :1", [before1970])).toEqual([]);
  });

  it("what a query gave of them finds its row again, bound as the text that it is", async () => {
    process.env["TZ"] = zone;
    const insert = "insert into moments values (:1, :2, :3, :4, :5)";
    const hints = [undefined, { type: "date" }, undefined, { type: "timestamptz" }, { type: "timestamptz" }];
    for (const [id, it] of moments.entries())
      await connection.query({ text: insert, values: [id, it, it, it, it], hints }, unlimited);
    for (const [id, ...texts] of await rows(connection, "select id, d, t, z, l from moments order by id")) {
      const found = await rows(
        connection,
        "select id from moments where d = :1 and t = :2 and z = :3 and l = :4",
        texts.map(String),
      );
      expect(found).toEqual([[id]]);
    }
  });

  it("so do those that come back through binds", async () => {
    process.env["TZ"] = zone;
    const { columns } = await run(connection, "select d, t, z from moments where 1 = 0");
    const [, , , , , skipped = new Date(0)] = moments;
    const { rows: returned } = await connection.query(
      {
        text: "insert into moments (id, d, t, z) values (1, :1, :2, :3) returning d, t, z into :4, :5, :6",
        values: [skipped, skipped, skipped],
        hints: [undefined, undefined, { type: "timestamptz" }],
        returning: columns,
      },
      unlimited,
    );
    expect(returned).toEqual([["2018-11-04 00:30:00", "2018-11-04 00:30:00", "2018-11-04 00:30:00.0+00:00"]]);
  });
});
