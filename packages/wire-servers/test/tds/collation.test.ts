import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, query } = useClient();

/** The values of the first column. */
async function values(text: string): Promise<unknown[]> {
  return (await batch(text)).recordset.map((row) => Object.values(row)[0]);
}

describe("text", () => {
  it.each([
    "'a' = 'A'",
    "N'é' = N'É'",
    "'a' = 'a  '",
    "'a' = N'A '",
    "cast('a' as char(5)) = N'A'",
    "cast('a' as char(5)) in ('b', 'A')",
    "'abc' like 'A_C'",
    "charindex('B', 'abc') = 2",
    "case 'a' when 'A' then 1 end = 1",
    "'a' between 'A' and 'A'",
    "nullif('a', 'A ') is null",
    "replace('abc', 'B', '') = 'ac'",
  ])("compares without regard to case and to blanks at its end: %s", async (condition) => {
    expect(await values(`select 1 as v where ${condition}`)).toEqual([1]);
  });

  it.each([
    "'e' = N'é'",
    "' a' = 'a'",
    "'a' collate Latin1_General_100_BIN2 = 'A'",
    "'abc' collate Latin1_General_100_BIN2 like 'A%'",
  ])("differs by accents, by blanks before it, and by case under a binary collation: %s", async (condition) => {
    expect(await values(`select 1 as v where ${condition}`)).toEqual([]);
  });

  it("is grouped, made distinct, united and joined so", async () => {
    const three = "(values ('a'), ('A '), ('b')) as v(n)";
    expect(await values(`select count(*) as v from ${three} group by n order by n`)).toEqual([2, 1]);
    expect(await values(`select count(distinct n) as v from ${three}`)).toEqual([2]);
    expect(await values("select 'x' as v union select 'X'")).toHaveLength(1);
    expect(await values(`select count(*) as v from ${three} join (values ('A')) as w(m) on n = m`)).toEqual([2]);
  });

  it("is unique so, also in a temporary table that a query has made", async () => {
    await batch(
      "create table names (n nvarchar(10) primary key, c char(5) unique); insert into names values ('a', 'x')",
    );
    await expect(batch("insert into names values ('A ', 'y')")).rejects.toMatchObject({ number: 2627 });
    await expect(batch("insert into names values ('b', 'X')")).rejects.toMatchObject({ number: 2627 });
    expect(await values("select n into #copy from names; select n from #copy where n = 'A'; drop table #copy")).toEqual(
      ["a"],
    );
  });

  it("of a fixed length keeps its blanks, is found by a parameter without them, and compares without", async () => {
    await batch("create table codes (c char(5)); insert into codes values ('ab')");
    expect((await query("select c, c + '|' as joined from codes where c = @c", { c: "AB" })).recordset).toEqual([
      { c: "ab   ", joined: "ab   |" },
    ]);
  });
});
