import type { ParameterValue, ResultSet } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MysqlOptions } from "../src/index.ts";
import { PacketWriter } from "../src/packet-writer.ts";
import { SessionZone } from "../src/session-zone.ts";
import { encode } from "../src/values.ts";
import { driver, series, withServer } from "./support/server.ts";
import { openSession, type TestSession } from "./support/session.ts";

describe("a parameter", () => {
  const zone = new SessionZone();
  const bytesOf = (value: ParameterValue): string => {
    const writer = new PacketWriter();
    encode(value, undefined, zone).write?.(writer);
    return writer.packets().bytes.subarray(4).toString("hex");
  };

  it.each([
    [0, "0000000000000000"],
    [-1, "ffffffffffffffff"],
    [2 ** 32, "0000000001000000"],
    [Number.MAX_SAFE_INTEGER, "ffffffffffff1f00"],
    [Number.MIN_SAFE_INTEGER, "010000000000e0ff"],
    [1.5, "000000000000f83f"],
    [2n ** 64n - 1n, "ffffffffffffffff"],
    [-(2n ** 63n), "0000000000000080"],
    ["é", "02c3a9"],
    [new Date("2026-01-02T03:04:05.678Z"), "0bea0701020304057058 0a00".replace(" ", "")],
  ])("%s goes over the wire as it is", (value, hex) => {
    expect(bytesOf(value)).toBe(hex);
  });

  it("of more digits than a DECIMAL holds is refused before anything is sent", () => {
    expect(encode(10n ** 64n, undefined, zone).type).toBe(246);
    expect(() => encode(10n ** 65n, undefined, zone)).toThrow("65 digits");
    expect(() => encode(new Date("-000001-01-01T00:00:00Z"), undefined, zone)).toThrow("years 0 to 9999");
  });

  it("beside a column is of the column's type, as far as its value allows", () => {
    const column = (databaseType: string) => ({ column: { name: "c", databaseType, type: "any" as const } });
    expect(encode("1.10", column("decimal"), zone).type).toBe(246);
    expect(encode("1e3", column("decimal"), zone).type).toBe(253);
    expect(encode("12", column("bigint unsigned"), zone).type).toBe(8);
    expect(encode("12", column("varchar"), zone).type).toBe(253);
  });
});

withServer(() => {
  describe("a value of the server", () => {
    let session: TestSession;
    beforeAll(async () => {
      session = await openSession();
    });
    afterAll(() => session.close());

    const read = async (text: string, ...values: ParameterValue[]): Promise<unknown> =>
      (await session.run(text, ...values)).rows[0]?.[0];

    /** Of both protocols: that of prepared statements, and that of texts. */
    async function column(type: string, literal: string): Promise<readonly unknown[]> {
      await session.run("drop table if exists mdb_values");
      await session.run(`create table mdb_values (v ${type})`);
      await session.run(`insert into mdb_values values (${literal})`);
      await session.run("prepare mdb_read from 'select v from mdb_values'");
      return [await read("select v from mdb_values"), await read("execute mdb_read")];
    }

    it.each([
      ["bigint unsigned", "18446744073709551615", 18446744073709551615n, "18446744073709551615"],
      ["bigint", "-9223372036854775808", -9223372036854775808n, "-9223372036854775808"],
      ["bigint", "9007199254740991", 9007199254740991, "9007199254740991"],
      ["mediumint", "-8388608", -8388608, -8388608],
      ["int unsigned", "4294967295", 4294967295, 4294967295],
      ["tinyint", "-128", -128, -128],
      ["tinyint(1)", "1", true, true],
      [
        "decimal(65, 30)",
        "12345678901234567890123456789012345.123456789012345678901234567890",
        "12345678901234567890123456789012345.123456789012345678901234567890",
        "12345678901234567890123456789012345.123456789012345678901234567890",
      ],
      ["float", "0.1", 0.1, 0.1],
      ["double", "1.7976931348623157e308", Number.MAX_VALUE, Number.MAX_VALUE],
      ["bit(1)", "1", true, true],
      ["bit(64)", "18446744073709551615", 18446744073709551615n, 18446744073709551615n],
      ["bit(9)", "257", 257, 257],
      ["year", "2026", 2026, 2026],
      ["date", "'2026-02-03'", "2026-02-03", "2026-02-03"],
      ["time(6)", "'-838:59:58.000001'", "-838:59:58.000001", "-838:59:58.000001"],
      ["time", "'00:00:00'", "00:00:00", "00:00:00"],
      ["datetime(6)", "'2026-02-03 04:05:06.000007'", "2026-02-03 04:05:06.000007", "2026-02-03 04:05:06.000007"],
      ["enum('a', 'b')", "'b'", "b", "b"],
      ["set('a', 'b')", "'a,b'", "a,b", "a,b"],
      ["varchar(20) character set latin1", "'é'", "é", "é"],
      ["varbinary(4)", "x'00ff'", Buffer.from([0, 255]), Buffer.from([0, 255])],
      // MySQL writes a document anew, with these spaces.
      ["json", `'{"a": 1}'`, '{"a": 1}', '{"a": 1}'],
    ])("of type %s comes back exact: %s", async (type, literal, prepared, text) => {
      expect(await column(type, literal)).toEqual([prepared, text]);
    });

    it("of a FLOAT is not rounded to the six digits of the text protocol", async () => {
      expect((await column("float", "16777216"))[0]).toBe(16_777_216);
    });

    it("of a DATETIME is a Date where that is exact, in UTC, from the year 1 on", async () => {
      expect((await column("datetime(3)", "'0001-02-03 04:05:06.789'"))[0]).toEqual(
        new Date("0001-02-03T04:05:06.789Z"),
      );
    });

    it.each(["date", "datetime", "timestamp null"])(
      "of type %s that is no date is an error, and the connection goes on",
      async (type) => {
        await session.run("set sql_mode = ''");
        await session.run("drop table if exists mdb_values");
        await session.run(`create table mdb_values (v ${type})`);
        await session.run("insert into mdb_values values ('0000-00-00')");
        const failing = session.run("select v from mdb_values");
        await expect(failing).rejects.toThrow("is no date");
        const error: unknown = await failing.catch((it: unknown) => it);
        expect(driver.classify(error)).toMatchObject({ kind: "value", connection: "ok", executed: "yes" });
        expect(await read("select 1")).toBe(1);
        await session.connection.reset?.({ scope: "session" }, session.forEver);
      },
    );

    it("of a DATETIME is the moment that JavaScript's own calendar makes of its text", async () => {
      const count = 2_000;
      const { rows } = await session.run(
        `select moment, cast(moment as char) from (select cast('0001-01-01' as datetime) + interval (seq * 1821) day + interval (seq * 7919) second as moment from ${series(count)} numbers) series`,
      );
      expect(rows).toHaveLength(count);
      const wrong = rows.filter(
        ([moment, text]) => (moment as Date).toISOString() !== `${String(text).replace(" ", "T")}.000Z`,
      );
      expect(wrong).toEqual([]);
    });

    it("is the same in the first and in the thousandth row, and NULL where that is", async () => {
      const columns = Array.from(
        { length: 17 },
        (_, index) => `if(seq % ${index + 2} = 0, null, seq * 3) as c${index}`,
      );
      const { rows } = await session.run(`select seq, ${columns.join(", ")} from ${series(1_000)} numbers`);
      const expected = Array.from({ length: 1_000 }, (_, index) => index + 1).map((seq) => [
        seq,
        ...columns.map((_, index) => (seq % (index + 2) === 0 ? null : seq * 3)),
      ]);
      expect(rows).toEqual(expected);
    });

    it("of a TINYINT(1) that is neither 0 nor 1 is an error, unless it is said to be an integer", async () => {
      await expect(column("tinyint(1)", "2")).rejects.toThrow("tinyint1IsBoolean");
      await withOptions({ tinyint1IsBoolean: false }, async (other) => {
        expect((await other.run("select v from mdb_values")).rows).toEqual([[2]]);
      });
    });

    it("of a TIMESTAMP is the same instant whatever the session's zone is", async () => {
      await session.run("drop table if exists mdb_values");
      await session.run("create table mdb_values (v timestamp(6) null)");
      await session.run("insert into mdb_values values (?)", new Date("2026-07-01T12:00:00Z"));
      await session.run("set time_zone = '+05:30'");
      expect(await read("select v from mdb_values")).toBe("2026-07-01 17:30:00+05:30");
      await expect(session.run("insert into mdb_values values (?)", new Date(0))).rejects.toThrow("time_zone");
      await session.run("set time_zone = 'SYSTEM'");
      await expect(session.run("select v from mdb_values")).rejects.toThrow("time_zone");
      await session.connection.reset?.({ scope: "session" }, session.forEver);
      expect(await read("select v from mdb_values")).toEqual(new Date("2026-07-01T12:00:00Z"));
    });

    it("is compared exactly where its column is known", async () => {
      await session.run("drop table if exists mdb_values");
      await session.run("create table mdb_values (v decimal(38, 10))");
      const [one, two] = ["1234567890123456789012345678.0000000001", "1234567890123456789012345678.0000000002"];
      await session.run("insert into mdb_values values (?), (?)", one, two);
      const hint = { column: { name: "v", databaseType: "decimal", type: "decimal" as const } };
      const statement = { text: "select v from mdb_values where v + 0 = ?", values: [one], hints: [hint] };
      const { rows } = (await session.connection.query(statement, session.forEver)) as ResultSet;
      expect(rows).toEqual([[one]]);
    });

    it("of a TIMESTAMP with more digits than a Date is written as it was read", async () => {
      await session.run("drop table if exists mdb_values");
      await session.run("create table mdb_values (v timestamp(6) null)");
      const hint = { column: { name: "v", databaseType: "timestamp", type: "timestamptz" as const } };
      const write = async (text: string): Promise<unknown> => {
        const statement = { text: "insert into mdb_values values (?)", values: [text], hints: [hint] };
        await session.connection.query(statement, session.forEver);
        return session.value("select v from mdb_values order by v desc limit 1");
      };
      expect(await write("2026-07-01 12:00:00.000007+00:00")).toBe("2026-07-01 12:00:00.000007+00:00");
      expect(await write("2026-07-01T14:00:00.000008+01:30")).toBe("2026-07-01 12:30:00.000008+00:00");
      expect(await write("2026-07-01 14:00:00Z")).toEqual(new Date("2026-07-01T14:00:00Z"));
    });

    it("that does not fit is refused, whatever modes the server was started with", async () => {
      await session.run("drop table if exists mdb_values");
      await session.run("create table mdb_values (v varchar(2), n tinyint)");
      await expect(session.run("insert into mdb_values (v) values ('abc')")).rejects.toMatchObject({ errno: 1406 });
      await expect(session.run("insert into mdb_values (n) values (?)", 2n ** 64n)).rejects.toMatchObject({
        errno: 1264,
      });
    });

    async function withOptions(options: MysqlOptions, work: (other: TestSession) => Promise<void>): Promise<void> {
      const other = await openSession(options);
      try {
        await work(other);
      } finally {
        await other.close();
      }
    }
  });
});
