import { ConversionError, DatabaseManager, sql } from "@nsj/mdb-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { type SqliteOptions, sqlite } from "../src/index.ts";

function memory(dates?: NonNullable<SqliteOptions["dates"]>, types = {}) {
  const databases = new DatabaseManager({ main: sqlite({ filename: ":memory:", types, ...(dates && { dates }) }) });
  onTestFinished(() => databases.close());
  return databases.database("main");
}

const moment = new Date("2020-01-02T03:04:05.678Z");
// As `unixepoch('subsec')`, Prisma and `julianday()` write it.
const numbers = { seconds: 1_577_934_245.678, milliseconds: 1_577_934_245_678, "julian-days": 2_458_850.627_843_495_5 };
const storages = ["seconds", "milliseconds", "julian-days"] as const;

describe.each(storages)("dates that are stored as %s", (dates) => {
  it("come back as the moments that they are, in every kind of column", async () => {
    const main = memory(dates);
    await main.execute("create table t (at datetime, zoned timestamptz, day date)");
    await main.execute("insert into t values (:n, :n, :n)", { n: numbers[dates] });
    expect(await main.queryOne("select * from t")).toEqual({ at: moment, zoned: moment, day: "2020-01-02" });
    const texts = memory(dates, { timestamp: "string" });
    await texts.execute("create table t (at datetime)");
    await texts.execute("insert into t values (?)", [numbers[dates]]);
    expect(await texts.queryScalar("select at from t")).toBe("2020-01-02 03:04:05.678");
  });

  it("are written and compared as SQLite's own functions would", async () => {
    const main = memory(dates);
    await main.execute("create table t (at datetime)");
    for (const at of [moment, new Date(0), new Date(-1), new Date("1900-01-01T00:00:00Z")]) {
      await main.execute("delete from t");
      await main.execute(sql`insert into t values (${at})`);
      expect(await main.queryScalar("select at from t")).toEqual(at);
      expect(await main.queryScalar(sql`select count(*) as n from t where at = ${at}`)).toBe(1);
      expect(await main.queryScalar(sql`select count(*) as n from t where at < ${new Date(at.getTime() + 5)}`)).toBe(1);
      const modifier = dates === "julian-days" ? "'julianday'" : "'unixepoch'";
      const value = dates === "milliseconds" ? "at / 1000.0" : "at";
      const text = await main.queryScalar(
        `select strftime('%Y-%m-%dT%H:%M:%fZ', ${value}, ${modifier}) as text from t`,
      );
      expect(text).toBe(at.toISOString());
    }
  });

  it("are read as text where they are text, and are no moment beyond the years that text can have", async () => {
    const main = memory(dates);
    await main.execute("create table t (at datetime)");
    await main.execute("insert into t values ('2020-01-02 03:04:05.678')");
    expect(await main.queryScalar("select at from t")).toEqual(moment);
    await main.execute("update t set at = 1e17");
    await expect(main.queryScalar("select at from t")).rejects.toBeInstanceOf(ConversionError);
  });
});

describe("a number in a column of dates", () => {
  it("is an error that names the way out, as long as nothing says what it counts", async () => {
    for (const types of [{}, { timestamp: "string", date: "string" }, { timestamp: "date", date: "date" }]) {
      const main = memory(undefined, types);
      for (const type of ["datetime", "timestamp", "timestamptz", "date"]) {
        for (const value of Object.values(numbers)) {
          await main.execute(`create table t (v ${type})`);
          await main.execute("insert into t values (?)", [value]);
          await expect(main.queryScalar("select v from t"), `${type} ${value}`).rejects.toThrow(
            'by the option "dates"',
          );
          expect(await main.queryScalar("select v + 0 as v from t")).toBe(value);
          await main.execute("drop table t");
        }
      }
    }
  });
});
