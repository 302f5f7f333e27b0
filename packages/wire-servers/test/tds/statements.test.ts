import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, query, server } = useClient();

/** The rows of a query, as arrays. */
async function rows(text: string): Promise<unknown[][]> {
  return (await batch(text)).recordset.map((row) => Object.values(row));
}

async function value(text: string): Promise<unknown> {
  return (await rows(text))[0]?.[0];
}

describe("queries", () => {
  it.each([
    ["select 1 + 2 * 3 as v", 7],
    ["select 7 / 2 as v", 3],
    ["select -7 % 4 as v", -3],
    ["select 5 ^ 1 as v", 4],
    ["select 'a' + N'b' + 'c' as v", "abc"],
    ["select 'it''s' as v", "it's"],
    ["select cast(1.9 as int) as v", 1],
    ["select cast('12' as bigint) as v", "12"],
    ["select convert(varchar(10), 12) as v", "12"],
    ["select cast(0x1F as varbinary(4)) as v", Buffer.from([0x1f])],
    ["select isnull(null, 5) as v", 5],
    ["select coalesce(null, null, 'x') as v", "x"],
    ["select case 2 when 1 then 'one' when 2 then 'two' else 'many' end as v", "two"],
    ["select len('abc  ') as v", 3],
    ["select len(N'a\u{1f600}') as v", 3],
    ["select charindex('c', 'abcabc', 4) as v", 6],
    ["select count(*) as v from (values (1), (null)) as v(n)", 2],
    ["select sum(n) as v from (values (1), (2)) as v(n)", 3],
    ["select top (1) n from (values (3), (1), (2)) as v(n) order by n", 1],
    ["select n from (values (3), (1), (2)) as v(n) order by n offset 1 row fetch next 1 row only", 2],
    ["with a as (select 1 as n union all select n + 1 from a where n < 5) select max(n) as v from a", 5],
    [
      "select 1 as v where exists (select 1 as x) and not 1 = 2 and 2 in (1, 2) and 2 between 1 and 3 and null is null",
      1,
    ],
    ["select n from (values (null), (1)) as v(n) order by n", null],
    ["select 1 as v where 1 = '1' and '2024-01-01' < cast('2024-01-02' as date)", 1],
  ])("%s", async (text, expected) => {
    expect(await value(text)).toEqual(expected);
  });

  it.each([
    ["a%", true],
    ["%b%", true],
    ["a_c", true],
    ["a[a-c]c", true],
    ["a[^b]c", false],
    ["a\\_c", false],
    ["A%", true],
    ["a.c", false],
  ])("'abc' LIKE '%s' is %s", async (pattern, expected) => {
    expect(await rows(`select 1 as v where 'abc' like '${pattern}'`)).toEqual(expected ? [[1]] : []);
  });

  it("match a pattern's own signs by ESCAPE and brackets", async () => {
    const text = "select 1 as v where 'a%b' like 'a!%b' escape '!' and 'a[b' like 'a[[]b' and 'a_b' like 'a[_]b'";
    expect(await rows(text)).toEqual([[1]]);
  });

  it("name columns as they were written", async () => {
    await batch("create table Named (Id int, [with space] int, MixedCase nvarchar(5))");
    const { recordset } = await batch("select *, id as Other, 1 from NAMED");
    expect(Object.keys(recordset.columns)).toEqual(["Id", "with space", "MixedCase", "Other", ""]);
    const union = await batch("select * from named union all select * from named");
    expect(Object.keys(union.recordset.columns)).toEqual(["Id", "with space", "MixedCase"]);
  });

  it("join and group", async () => {
    await batch("create table a (id int, n int); insert into a values (1, 10), (2, 20)");
    await batch("create table b (id int, a int); insert into b values (1, 1), (2, 1)");
    const grouped =
      "select a.id, count(b.id) as n from a left join b on b.a = a.id group by a.id having count(*) > 0 order by 1";
    expect(await rows(grouped)).toEqual([
      [1, 2],
      [2, 0],
    ]);
    expect(await rows("select row_number() over (order by n desc) as r, id from a order by id")).toEqual([
      ["2", 1],
      ["1", 2],
    ]);
  });
});

describe("changes", () => {
  it("give rows by OUTPUT, into another table too", async () => {
    await batch("create table t (id int identity(1, 1) primary key, n int not null default 7)");
    const inserted = await batch("insert into t output inserted.id, inserted.n default values");
    expect(inserted.recordset).toEqual([{ id: 1, n: 7 }]);
    await batch("insert into t (n) values (1), (default)");
    const updated = await batch("update t set n = n * 2 output deleted.n as old, inserted.n as new where id = 1");
    expect(updated.recordset).toEqual([{ old: 7, new: 14 }]);
    const into = await batch(`create table #gone (id int, n int);
      delete from t output deleted.id, deleted.n into #gone where n = 1;
      select id, n from #gone; drop table #gone`);
    expect(into.recordset).toEqual([{ id: 2, n: 1 }]);
    expect(into.rowsAffected).toEqual([1, 1]);
  });

  it("merge, and say what they did", async () => {
    await batch("create table m (k int primary key, v nvarchar(10)); insert into m values (1, 'old'), (3, 'gone')");
    const { recordset } = await batch(`merge into m with (holdlock) as target
      using (values (1, N'new'), (2, N'two')) as source (k, v) on target.k = source.k
      when matched then update set v = source.v
      when not matched then insert (k, v) values (source.k, source.v)
      when not matched by source then delete
      output $action, inserted.k, deleted.k as old;`);
    expect(recordset.map((it) => [it["$action"], it["k"], it["old"]]).sort()).toEqual([
      ["DELETE", null, 3],
      ["INSERT", 2, null],
      ["UPDATE", 1, 1],
    ]);
  });

  it("change joined tables", async () => {
    await batch("create table j (id int, n int); insert into j values (1, 0), (2, 0)");
    await batch("create table k (id int, n int); insert into k values (1, 5)");
    await batch("update x set n = k.n from j as x inner join k on k.id = x.id");
    expect(await rows("select id, n from j order by id")).toEqual([
      [1, 5],
      [2, 0],
    ]);
    await batch("delete x from j x join k on k.id = x.id");
    expect(await rows("select id from j")).toEqual([[2]]);
    await batch("delete top (1) from j");
    expect(await rows("select id from j")).toEqual([]);
  });

  it("count identities, and take one only when they are told to", async () => {
    await batch("create table i (id int identity(10, 5), n int)");
    await expect(batch("insert into i (id, n) values (1, 1)")).rejects.toMatchObject({ number: 544 });
    await batch("set identity_insert i on; insert into i (id, n) values (1, 1); set identity_insert i off");
    const { recordset } = await batch("insert into i (n) values (2); select scope_identity() as id");
    expect(recordset).toEqual([{ id: 10 }]);
    await batch("insert into i values (3)");
    expect(await rows("select id from i order by id")).toEqual([[1], [10], [15]]);
  });
});

describe("errors have the numbers of SQL Server", () => {
  const fixture = `if object_id('e') is null begin
    create table p (id int primary key); insert into p values (1);
    create table e (id int not null primary key, u nvarchar(5) unique, x int, t tinyint, c int check (c > 0), f int references p (id));
    create unique index IX_e on e (x) where x is not null;
    insert into e (id, u, x, f) values (1, 'a', 1, 1);
  end`;

  it.each([
    ["insert into e (id) values (1)", 2627, "PRIMARY KEY"],
    ["insert into e (id, u) values (2, 'a')", 2627, "UNIQUE KEY"],
    ["insert into e (id, u, x) values (2, 'b', 1)", 2601, "unique index 'IX_e'"],
    ["insert into e (id, u, f) values (2, 'b', 9)", 547, "FOREIGN KEY"],
    ["delete from p", 547, "REFERENCE"],
    ["insert into e (id, u, c) values (2, 'b', -1)", 547, "CHECK"],
    ["insert into e (id) values (null)", 515, "column 'id'"],
    ["insert into e (id, u) values (2, 'much too long')", 8152, "truncated"],
    ["insert into e (id, u, t) values (2, 'b', 256)", 220, "tinyint"],
    ["select 1 / 0", 8134, "zero"],
    ["select cast('x' as int)", 245, "'x'"],
    ["select cast('x' as uniqueidentifier)", 8169, "uniqueidentifier"],
    ["select cast('2024-02-30' as datetime2)", 241, "date"],
    ["select cast(3000000000 as int)", 8115, "int"],
    ["select * from nowhere", 208, "'nowhere'"],
    ["select nothing from e", 207, "'nothing'"],
    ["drop table nowhere", 3701, "'nowhere'"],
    ["create table e (id int)", 2714, "'e'"],
    ["selec * from e", 102, "'*'"],
    ["selec 1 from", 156, "'from'"],
    ["select from e", 156, "'from'"],
    ["select 1 +", 102, "'+'"],
    ["no_such_procedure 1", 2812, "'no_such_procedure'"],
    ["select @missing", 137, "@missing"],
    ["select 1 where id", 4145, "non-boolean"],
    ["select 'open", 105, "Unclosed"],
    ["select n from (select 1 as n order by n) as x", 1033, "ORDER BY"],
    ["select 1 as n offset 1 rows", 102, "offset"],
    ["commit", 3902, "COMMIT"],
    ["rollback", 3903, "ROLLBACK"],
    ["merge into e using p on 1 = 0 when not matched then insert (id) values (9)", 10713, "semi-colon"],
    ["kill 4711", 6106, "4711"],
  ])("%s", async (text, number, words) => {
    await batch(fixture);
    await expect(batch(text)).rejects.toMatchObject({ number, message: expect.stringContaining(words) });
  });

  it("and what it does not understand has none of them", async () => {
    const before = server().refusals.length;
    const texts = [
      "select * from openjson('[]')",
      "create table x (g geography)",
      "select try_cast('a' as int)",
      "select 1 as a for xml path",
      "declare c cursor for select 1",
      "set rowcount 5",
      "create function f() returns int as begin return 1 end",
      "select @@identity",
      "select case when 1 = 0 then 1 else 2.5 end",
      "select iif(1 = 0, 1, 2.5)",
      "select coalesce(null, 1, 'x')",
      "select isnull(1, 2.5)",
      "declare @t table (id int)",
      "select avg(n) from (values (1)) as v(n)",
      "select datepart(weekday, '2024-01-01')",
      "select convert(varchar(10), 12, 1)",
      "select value from string_split('a', ',')",
      "select * from (values (1)) as v(n) pivot (max(n) for n in ([1])) as p",
      "select grouping(n) from (values (1)) as v(n) group by rollup (n)",
      "select 1 where 1 = all (select 1)",
      "select top (1) with ties n from (values (1)) as v(n) order by n",
      "select rank() over (order by n) from (values (1)) as v(n)",
      "while 1 = 1 select 1",
      "create view v as select 1 as n",
      "select 1 option (recompile)",
    ];
    for (const text of texts) await expect(batch(text), text).rejects.toMatchObject({ number: 49_999 });
    // They were meant to be refused, and so are no finding about this file.
    expect((server().refusals as string[]).splice(before)).toHaveLength(texts.length);
  });
});

describe("batches", () => {
  it("go on after an error that ends one statement, and stop after one that ends the batch", async () => {
    await batch("create table g (id int primary key)");
    const first = batch("insert into g values (1); insert into g values (1); insert into g values (2)");
    await expect(first).rejects.toMatchObject({ number: 2627 });
    expect(await rows("select id from g order by id")).toEqual([[1], [2]]);
    const second = batch("insert into g values (3); select * from nowhere; insert into g values (4)");
    await expect(second).rejects.toMatchObject({ number: 208 });
    expect(await rows("select id from g order by id")).toEqual([[1], [2], [3]]);
  });

  it("have variables and conditions", async () => {
    const text = `declare @i int = 0, @sum int; set @sum = 5;
      set @i += 7;
      if @sum + @i = 12 select 'right' as answer else select 'wrong' as answer`;
    expect(await value(text)).toBe("right");
    const last = "declare @n int; select @n = n from (values (1), (2)) as v(n) order by n; select @n as n";
    expect(await value(last)).toBe(2);
  });

  it("catch errors and throw them on", async () => {
    const text =
      "begin try select 1 / 0 as a end try begin catch select error_number() as n, error_message() as m end catch";
    const { recordsets } = await batch(text);
    expect((recordsets as unknown[][]).at(-1)).toEqual([{ n: 8134, m: "Divide by zero error encountered." }]);
    const thrown = batch("begin try throw 50001, 'mine', 3; end try begin catch throw; end catch");
    await expect(thrown).rejects.toMatchObject({ number: 50_001, state: 3, message: "mine" });
    await expect(batch("raiserror('loud', 16, 2)")).rejects.toMatchObject({ number: 50_000, message: "loud" });
  });

  it("count rows, unless NOCOUNT says otherwise", async () => {
    await batch("create table n (id int)");
    expect((await batch("insert into n values (1), (2); update n set id = 3")).rowsAffected).toEqual([2, 2]);
    expect((await batch("set nocount on; insert into n values (1); set nocount off")).rowsAffected).toEqual([]);
  });
});

describe("parameterized statements", () => {
  it("take their values by name", async () => {
    const { recordset } = await query("select @b as b, @a as a", { a: 1, b: "x" });
    expect(recordset).toEqual([{ b: "x", a: 1 }]);
  });

  it("are a scope of their own for temporary tables", async () => {
    await query("create table #inner (id int); insert into #inner values (@a)", { a: 1 });
    await expect(batch("select * from #inner")).rejects.toMatchObject({ number: 208 });
  });

  it("must leave the transaction count as it was", async () => {
    await expect(query("begin transaction; select @a as a", { a: 1 })).rejects.toMatchObject({ number: 266 });
    await batch("if @@trancount > 0 rollback");
  });
});

describe("triggers", () => {
  it("run after a change, and refuse OUTPUT without INTO", async () => {
    await batch("create table watched (id int identity(1, 1) primary key, n int); create table seen (id int, n int)");
    await batch(`create trigger watch on watched after insert, update as begin
      set nocount on;
      insert into seen (id, n) select inserted.id, inserted.n from inserted;
    end`);
    expect((await batch("insert into watched (n) values (7)")).rowsAffected).toEqual([1]);
    expect(await rows("select id, n from seen")).toEqual([[1, 7]]);
    await expect(batch("insert into watched (n) output inserted.id values (8)")).rejects.toMatchObject({ number: 334 });
    const { recordset } = await batch(`select top 0 * into #rows from watched union all select top 0 * from watched;
      insert into watched (n) output inserted.* into #rows values (9);
      select * from #rows; drop table #rows`);
    expect(recordset).toEqual([{ id: 2, n: 9 }]);
    await batch("drop trigger watch; drop table watched");
  });
});
