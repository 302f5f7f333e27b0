import { type ColumnInfo, jsonText, type ParameterValue } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { parseArray } from "../src/arrays.ts";
import { dateToText } from "../src/timestamps.ts";
import { oidOfType } from "../src/types.ts";
import { encodeText, encodeValue } from "../src/values.ts";
import { connected, failure, run, uniqueName, value } from "./support/driving.ts";

describe("arrays as text", () => {
  const read = (text: string) => parseArray(text, (it) => it, ",");

  it.each([
    ["{}", []],
    ["{1,2}", ["1", "2"]],
    ['{NULL,"NULL"}', [null, "NULL"]],
    ['{"a,b","c\\"d","e\\\\f",""}', ["a,b", 'c"d', "e\\f", ""]],
    ['{"{}","}"}', ["{}", "}"]],
    [
      "{{1,2},{3,NULL}}",
      [
        ["1", "2"],
        ["3", null],
      ],
    ],
    ["[0:1]={a,b}", ["a", "b"]],
    ["[1:1][-2:-1]={{a,b}}", [["a", "b"]]],
    ["{{},{}}", [[], []]],
  ])("are read: %s", (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it("are separated as their type says", () => {
    expect(parseArray("{(1,1),(0,0);(3,3),(2,2)}", (it) => it, ";")).toEqual(["(1,1),(0,0)", "(3,3),(2,2)"]);
  });

  it.each(["", "1", "{", "{1", '{"a', "{1}x", "{1,}", "{,1}", "{1}{2}"])("are refused when broken: %j", (text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  it.each([
    [[], "{\v}"],
    [[1, 2n, true, null], "{1,2,true,NULL}"],
    [["a", "", "NULL", 'q"', "b\\"], '{"a","","NULL","q\\"","b\\\\"}'],
    [[[1], [2]], "{{1},{2}}"],
    [[Buffer.from([1, 255])], '{"\\\\x01ff"}'],
    [[jsonText('{"a":1}')], '{"{\\"a\\":1}"}'],
    [[new Date("2024-02-29T12:00:00Z")], '{"2024-02-29T12:00:00.000Z"}'],
  ] satisfies [ParameterValue, string][])("are written: %#", (array, expected) => {
    expect(encodeValue(array)).toBe(expected);
  });
});

describe("dates as text", () => {
  it.each([
    ["2024-02-29T23:59:59.123Z", "2024-02-29T23:59:59.123Z"],
    ["0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"],
    ["+012024-01-01T00:00:00.000Z", "12024-01-01T00:00:00.000Z"],
    ["0000-12-31T00:00:00.000Z", "0001-12-31T00:00:00.000Z BC"],
    ["-000043-03-15T12:00:00.000Z", "0044-03-15T12:00:00.000Z BC"],
  ])("are written so that the server reads them: %s", (iso, expected) => {
    expect(dateToText(new Date(iso))).toBe(expected);
  });
});

describe("type names", () => {
  it.each([
    ["int8", 20],
    ["BIGINT", 20],
    ["decimal(38,10)", 1700],
    ["numeric (12, 2)", 1700],
    ["character varying(20)", 1043],
    ["timestamp(3) with time zone", 1184],
    ["double  precision", 701],
    ["char(3)", 1042],
    ["text[]", 1009],
    ["integer[]", 1007],
    ["jsonb", 3802],
    ["mood", undefined],
    ["toString", undefined],
  ])("%s has the OID %s", (name, oid) => {
    expect(oidOfType(name)).toBe(oid);
  });
});

it.each([undefined, Symbol("x"), () => 1, new Map(), { a: 1 }])("refuses what is no value: %s", (junk) => {
  for (const encode of [encodeValue, encodeText])
    expect(() => encode(junk as unknown as string)).toThrow(/cannot be sent/);
});

it("writes bytes in hexadecimal where only text will do", () => {
  expect(encodeText(new Uint8Array([0, 171]))).toBe("\\x00ab");
});

describe("values of a server", () => {
  it("come in the canonical form of their column", async () => {
    const connection = await connected();
    const { columns, rows } = await run(
      connection,
      `select 1::int2 as i2, '-2147483648'::int4 as i4, 42::int8 as i8, 9223372036854775807::int8 as max8,
        4294967295::oid as o, 1.50::numeric(10,2) as n, 'NaN'::numeric as nan, 1e-20::numeric as tiny,
        0.1::float8 as f8, 'Infinity'::float4 as f4, '-0'::float8 as zero, true as b, false as nb,
        'ü😀'::text as t, 'ab'::char(4) as c, '\\x00ff'::bytea as y, ''::bytea as empty,
        '2024-02-29'::date as d, '24:00'::time as ti, '12:00+02'::timetz as tz, '2024-02-29 12:00:00.123456'::timestamp as ts,
        '{"a": 1.0}'::json as j, '{"a": 1.0}'::jsonb as jb, 'null'::jsonb as jn, null::jsonb as sqlnull,
        'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid as u, '1 day 02:03:04'::interval as iv, '12.50'::money as m,
        '10.0.0.1/8'::inet as ip, '(1,2)'::point as p, '[1,5)'::int4range as r, '101'::bit(3) as bi, 'a'::"char" as ch`,
    );
    const row = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]));
    expect(row).toEqual({
      i2: 1,
      i4: -2147483648,
      i8: 42,
      max8: "9223372036854775807",
      o: 4294967295,
      n: "1.50",
      nan: "NaN",
      tiny: "0.00000000000000000001",
      f8: 0.1,
      f4: Number.POSITIVE_INFINITY,
      zero: -0,
      b: true,
      nb: false,
      t: "ü😀",
      c: "ab  ",
      y: Buffer.from([0, 255]),
      empty: Buffer.alloc(0),
      d: "2024-02-29",
      ti: "24:00:00",
      tz: "12:00:00+02",
      ts: "2024-02-29 12:00:00.123456",
      j: '{"a": 1.0}',
      jb: '{"a": 1.0}',
      jn: "null",
      sqlnull: null,
      u: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      iv: "1 day 02:03:04",
      m: "$12.50",
      ip: "10.0.0.1/8",
      p: "(1,2)",
      r: "[1,5)",
      bi: "101",
      ch: "a",
    });
    const column = (name: string): ColumnInfo | undefined => columns.find((it) => it.name === name);
    expect(column("n")).toMatchObject({ databaseType: "numeric", type: "decimal", precision: 10, scale: 2 });
    expect(column("nan")).toEqual({ name: "nan", databaseType: "numeric", type: "decimal" });
    expect(column("i8")).toMatchObject({ databaseType: "int8", type: "integer" });
    expect(column("ts")).toMatchObject({ databaseType: "timestamp", type: "timestamp" });
    expect(column("jb")).toMatchObject({ databaseType: "jsonb", type: "json" });
  });

  it("come as arrays whose elements keep to the type contract", async () => {
    const connection = await connected();
    const { columns, rows } = await run(
      connection,
      `select array[1, null, 3]::int4[] as i, array[1, 9007199254740993]::int8[] as big, array[1.10]::numeric[] as n,
        array['a', 'b"c', '', null, 'NULL', 'd,e', 'f\\g']::text[] as t, array[true, false]::bool[] as b,
        array['\\x01', '\\xff']::bytea[] as y, array['2024-02-29']::date[] as d,
        array['2024-02-29 12:00:00.5']::timestamp[] as ts, array['2024-02-29 12:00:00+02']::timestamptz[] as tz,
        array['{"a":[1]}']::jsonb[] as j, array[[1, 2], [3, 4]] as nested, '{}'::int4[] as empty,
        '[0:1]={5,6}'::int4[] as bounds, array['(1,1),(0,0)', '(3,3),(2,2)']::box[] as boxes, array[0.1, 'NaN']::float8[] as f`,
    );
    const row = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]));
    expect(row).toEqual({
      i: [1, null, 3],
      big: [1, "9007199254740993"],
      n: ["1.10"],
      t: ["a", 'b"c', "", null, "NULL", "d,e", "f\\g"],
      b: [true, false],
      y: [Buffer.from([1]), Buffer.from([255])],
      d: ["2024-02-29"],
      ts: ["2024-02-29 12:00:00.5"],
      tz: ["2024-02-29 10:00:00+00"],
      j: ['{"a": [1]}'],
      nested: [
        [1, 2],
        [3, 4],
      ],
      empty: [],
      bounds: [5, 6],
      boxes: ["(1,1),(0,0)", "(3,3),(2,2)"],
      f: [0.1, Number.NaN],
    });
    expect(columns.map(({ type }) => type).slice(5, 10)).toEqual([
      "bytes[]",
      "date[]",
      "timestamp[]",
      "timestamptz[]",
      "json[]",
    ]);
    expect(columns.map(({ databaseType }) => databaseType).slice(0, 3)).toEqual(["int4[]", "int8[]", "numeric[]"]);
  });

  it("have the types of extensions, enumerations and domains by name, and their arrays as arrays", async () => {
    const connection = await connected();
    const schema = uniqueName("types");
    await run(connection, `create schema ${schema}`);
    try {
      await run(
        connection,
        `create type ${schema}.mood as enum ('sad', 'ok'); create domain ${schema}.big as int8; create domain ${schema}.bigger as ${schema}.big;
         create type ${schema}.pair as (a int, b text)`,
      );
      const read = () =>
        run(
          connection,
          `select 'ok'::${schema}.mood as one, array['sad', 'ok']::${schema}.mood[] as many,
             array[9007199254740993]::${schema}.bigger[] as domains, 7::${schema}.bigger as plain, row(1, 'x')::${schema}.pair as pair`,
        );
      for (const { columns, rows } of [await read(), await read(), await read()]) {
        expect(columns.map(({ databaseType, type }) => [databaseType, type])).toEqual([
          ["mood", "string"],
          ["mood[]", "string[]"],
          ["bigger[]", "integer[]"],
          ["int8", "integer"],
          ["pair", "string"],
        ]);
        expect(rows).toEqual([["ok", ["sad", "ok"], ["9007199254740993"], 7, "(1,x)"]]);
      }
      const { rows: scripted } = await run(await connected(), `select 1; select array['ok']::${schema}.mood[]`).then(
        ({ next }) => next ?? { rows: [] },
      );
      expect(scripted).toEqual([[["ok"]]]);
    } finally {
      await run(connection, `drop schema ${schema} cascade`);
    }
  });

  it.each([
    [null, "text", null],
    ["", "text", ""],
    ['it\'s a \\ "test" 😀\n', "text", 'it\'s a \\ "test" 😀\n'],
    [1.5, "float8", 1.5],
    [Number.MAX_SAFE_INTEGER, "int8", "9007199254740991"],
    [9223372036854775807n, "int8", "9223372036854775807"],
    ["123456789012345678901234567890.12", "numeric", "123456789012345678901234567890.12"],
    [true, "bool", true],
    [new Uint8Array([0, 1, 255]), "bytea", Buffer.from([0, 1, 255])],
    [jsonText('{"a":"ü"}'), "jsonb", '{"a": "ü"}'],
    [["a", 'b"', null], "text[]", ["a", 'b"', null]],
    [
      [
        [1, 2],
        [3, 4],
      ],
      "int4[]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [[new Uint8Array([1, 2])], "bytea[]", [Buffer.from([1, 2])]],
    [[jsonText('{"a":"\\""}')], "jsonb[]", ['{"a": "\\""}']],
    [[], "int4[]", []],
  ] satisfies [ParameterValue, string, unknown][])("come back as they went: %#", async (sent, type, expected) => {
    expect(await value(await connected(), `select $1::${type}`, [sent])).toEqual(expected);
  });

  it("take a Date for its UTC wall clock in every type, whatever the session's time zone is", async () => {
    const connection = await connected();
    const table = uniqueName();
    await run(connection, `create temp table ${table} (d date, ts timestamp, tz timestamptz)`);
    for (const zone of ["UTC", "America/Sao_Paulo", "Asia/Kolkata"]) {
      await run(connection, `set timezone to '${zone}'`);
      const moment = new Date("2024-03-01T00:30:00.250Z");
      await run(connection, `delete from ${table}`);
      await run(connection, `insert into ${table} values ($1, $2, $3)`, [moment, moment, moment]);
      const { rows } = await run(connection, `select d, ts, tz = '2024-03-01 00:30:00.25+00' from ${table}`);
      expect(rows).toEqual([["2024-03-01", "2024-03-01 00:30:00.25", true]]);
    }
    for (const iso of ["-000043-03-15T12:00:00.000Z", "+012024-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"]) {
      const far = new Date(iso);
      expect(await value(connection, "select extract(epoch from $1::timestamptz)::int8", [far])).toEqual(
        far.getTime() / 1000,
      );
    }
  });

  it("take the type that a parameter is told to have", async () => {
    const connection = await connected();
    const typeOf = async (type: string, sent: ParameterValue = "1") => {
      const statement = { text: "select pg_typeof($1)::text", values: [sent], hints: [{ type }] };
      return (await connection.query(statement, { deadline: Number.POSITIVE_INFINITY })).rows[0]?.[0];
    };
    for (let use = 0; use < 3; use++) {
      expect(await typeOf("bigint")).toBe("bigint");
      expect(await typeOf("decimal(38,10)")).toBe("numeric");
      expect(await typeOf("varchar(10)")).toBe("character varying");
      expect(await typeOf("text[]", ["1"])).toBe("text[]");
    }
    const { info } = await failure(() => typeOf("mood"));
    expect(info).toMatchObject({ kind: "unsupported", executed: "no", connection: "ok" });
  });

  it("are read whatever styles the role prefers", async () => {
    const role = uniqueName("role");
    const admin = await connected();
    await run(
      admin,
      `create role ${role} login password 'x'; alter role ${role} set datestyle to 'German';
       alter role ${role} set bytea_output to 'escape'; alter role ${role} set intervalstyle to 'iso_8601'`,
    );
    try {
      const connection = await connected({ user: role, password: "x" });
      const { rows } = await run(
        connection,
        "select '2024-02-29'::date, '2024-02-29 12:00'::timestamp, '\\x005cff41'::bytea",
      );
      expect(rows).toEqual([["2024-02-29", "2024-02-29 12:00:00", Buffer.from([0, 0x5c, 0xff, 0x41])]]);
      connection.destroy();
    } finally {
      await run(admin, `drop role ${role}`);
    }
  });

  it("refuse what the protocol cannot carry before anything is sent", async () => {
    const connection = await connected();
    for (const work of [
      () => run(connection, "select 1\0; drop table x"),
      () => run(connection, "select 1", new Array(65_536).fill(1)),
      () => run(connection, "select 1\0"),
    ]) {
      expect((await failure(work)).info).toMatchObject({ executed: "no", connection: "ok" });
    }
    const { info } = await failure(() => run(connection, "select $1::text", ["a\0b"]));
    expect(info).toMatchObject({ kind: "value", connection: "ok" });
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("give the same columns for the same shape, on every connection of a connector", async () => {
    const first = await connected();
    const text = "select 1 as a, 'x'::text as b";
    const one = await run(first, text);
    expect((await run(first, text)).columns).toBe(one.columns);
    expect((await run(first, text)).columns).toBe(one.columns);
    expect(Object.isFrozen(one.columns)).toBe(true);
    expect((await run(first, "select 1 as b, 'x'::text as b")).columns).not.toBe(one.columns);
  });

  it("give up a connection whose texts would be misread", async () => {
    const connection = await connected();
    const { info } = await failure(() => run(connection, "set client_encoding to latin1; select 'ü'"));
    expect(info.connection).toBe("dead");
    expect(connection.usable).toBe(false);
  });
});
