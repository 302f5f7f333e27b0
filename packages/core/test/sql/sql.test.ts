import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ParameterError } from "../../src/errors/index.ts";
import { compile, isSql, type Sql, type SqlValue, sql } from "../../src/sql/index.ts";
import { mssql, oracle, postgres, refusal, sqlite, targets, texts, thrown } from "./dialects.ts";

describe("an sql template", () => {
  it("gets the placeholders of the engine that runs it", () => {
    const statement = sql`select id from users where team = ${"a"} and age > ${18}`;
    expect(texts(statement)).toEqual([
      "select id from users where team = $1 and age > $2",
      "select id from users where team = ? and age > ?",
      "select id from users where team = @p1 and age > @p2",
      "select id from users where team = :1 and age > :2",
    ]);
    for (const target of targets) expect(compile(statement, undefined, target).values).toEqual(["a", 18]);
  });

  it("gives the same text each time, also on several engines in turn", () => {
    const find = (id: number) => sql`select * from users where id = ${id}`;
    for (let id = 0; id < 5; id++) {
      expect(compile(find(id), undefined, postgres)).toEqual({
        text: "select * from users where id = $1",
        values: [id],
      });
      expect(compile(find(id), undefined, oracle)).toEqual({ text: "select * from users where id = :1", values: [id] });
    }
  });

  it("takes fragments in, and numbers their values where they stand", () => {
    const recent = sql`created > ${"2026-01-01"}`;
    const statement = sql`select * from t where a = ${1} and ${recent} and b = ${2}`;
    expect(compile(statement, undefined, postgres)).toEqual({
      text: "select * from t where a = $1 and created > $2 and b = $3",
      values: [1, "2026-01-01", 2],
    });
    // Again, and alone: a fragment is not changed by its use.
    expect(compile(statement, undefined, postgres).text).toContain("b = $3");
    expect(compile(recent, undefined, postgres).text).toBe("created > $1");
  });

  it("is not fooled by other fragments in the same template", () => {
    const select = (column: SqlValue, condition: SqlValue) => sql`select ${column} from t where ${condition}`;
    const text = (statement: Sql) => compile(statement, undefined, postgres).text;
    for (let round = 0; round < 3; round++) {
      expect(text(select(sql.identifier("a"), sql`x = 1`))).toBe('select "a" from t where x = 1');
      expect(text(select(sql.identifier("b"), sql`x = 1`))).toBe('select "b" from t where x = 1');
      expect(text(select(sql.identifier("a"), sql`x = ${1}`))).toBe('select "a" from t where x = $1');
      expect(text(select(5, sql`x = ${1}`))).toBe("select $1 from t where x = $2");
      expect(text(select(5, 6))).toBe("select $1 from t where $2");
      expect(text(select(sql.raw("now()"), 6))).toBe("select now() from t where $1");
      expect(text(select(sql`(${sql.identifier("a")})`, sql`1=1`))).toBe('select ("a") from t where 1=1');
      expect(text(select(sql`(${sql.identifier("c")})`, sql`1=1`))).toBe('select ("c") from t where 1=1');
    }
  });

  it("tells fragments apart by their shape, and takes the values of each call in the order of the text", () => {
    const find = (condition: Sql) => sql`select * from t where ${condition} and z = ${9}`;
    const run = (condition: Sql) => compile(find(condition), undefined, postgres);
    const a = (value: SqlValue) => sql`a = ${value}`;
    const b = (value: SqlValue) => sql`${sql.identifier("b")} = ${value}`;
    const start = "select * from t where ";
    for (let round = 0; round < 3; round++) {
      const cases: readonly (readonly [Sql, string, readonly unknown[]])[] = [
        [sql.and([a(round), b(2)]), '((a = $1) and ("b" = $2)) and z = $3', [round, 2, 9]],
        [sql.or([a(1), b(round)]), '((a = $1) or ("b" = $2)) and z = $3', [1, round, 9]],
        [sql.and([a(1)]), "((a = $1)) and z = $2", [1, 9]],
        [sql.and([sql.empty, a(1)]), "((a = $1)) and z = $2", [1, 9]],
        [sql.and([b(1), a(2)]), '(("b" = $1) and (a = $2)) and z = $3', [1, 2, 9]],
        [sql.and([]), "(1=1) and z = $1", [9]],
        [
          sql.join([a(1), 2, b(3)], sql` + ${round} + `),
          'a = $1 + $2 + $3 + $4 + "b" = $5 and z = $6',
          [1, round, 2, round, 3, 9],
        ],
        [sql.join([a(1), a(2)], sql` and `), "a = $1 and a = $2 and z = $3", [1, 2, 9]],
        [sql.join([a(1), a(2)], sql` or `), "a = $1 or a = $2 and z = $3", [1, 2, 9]],
        [sql`a in (${sql.list([round, 5])})`, "a in ($1, $2) and z = $3", [round, 5, 9]],
        [sql`a in (${sql.list([round])})`, "a in ($1) and z = $2", [round, 9]],
        [sql`a in (${sql.list([])})`, "a in (select a where 1=0) and z = $1", [9]],
        [a(a(round)), "a = a = $1 and z = $2", [round, 9]],
      ];
      for (const [condition, text, values] of cases) expect(run(condition)).toEqual({ text: start + text, values });
    }
  });

  it("keeps its texts apart when it is used with ever new fragments", () => {
    const count = (table: string) => sql`select count(*) from ${sql.identifier(table)} where id > ${0}`;
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 30; n++) {
        expect(compile(count(`t${n}`), undefined, postgres).text).toBe(`select count(*) from "t${n}" where id > $1`);
      }
    }
  });

  it("goes by the facts of the dialect, whichever database they belong to", () => {
    const find = (id: number) => sql`select ${sql.join([sql.identifier("a")])} from t where id = ${id}`;
    const copy = { ...postgres, database: "copy", dialect: { ...postgres.dialect } };
    const other = { ...postgres, dialect: { ...postgres.dialect, quote: ["<", ">"] as const } };
    for (let round = 0; round < 3; round++) {
      expect(compile(find(1), undefined, postgres).text).toBe('select "a" from t where id = $1');
      expect(compile(find(1), undefined, copy).text).toBe('select "a" from t where id = $1');
      expect(compile(find(1), undefined, other).text).toBe("select <a> from t where id = $1");
      expect(refusal("select :a", { b: 1 }, copy).message).toContain("copy (postgres)");
    }
  });

  it("gives the values of each call, not those of an earlier one", () => {
    const insert = (values: readonly SqlValue[]) =>
      sql`insert into t values (${values[0] ?? null}, ${values[1] ?? null})`;
    expect(compile(insert([1, "a"]), undefined, sqlite).values).toEqual([1, "a"]);
    expect(compile(insert([null, new Date(0)]), undefined, sqlite).values).toEqual([null, new Date(0)]);
  });

  it("is recognised, and nothing else is", () => {
    expect(isSql(sql`select 1`)).toBe(true);
    expect(isSql(sql.identifier("a"))).toBe(true);
    for (const other of [null, undefined, "select 1", {}, [], sql, sql.json(1), sql.typed(1, "int")]) {
      expect(isSql(other)).toBe(false);
    }
  });

  it("refuses parameters beside it", () => {
    expect(refusal(sql`select 1`, { id: 1 }).message).toContain("carries its own values");
    expect(refusal(sql`select 1`, []).message).toContain("carries its own values");
  });

  it("shows no value when it is printed", () => {
    const printed = inspect(sql`select * from users where password = ${"hunter2"}`);
    expect(printed).toBe("sql`select * from users where password = ?`");
    expect(inspect({ type: sql.typed("hunter2", "text") })).not.toContain("hunter2");
  });

  it("cannot be pasted into plain text", () => {
    expect(() => `select * from ${sql.identifier("users")}`).toThrow(/put the sql tag before the template/);
  });

  it("is a tag and no function for text", () => {
    const call = sql as unknown as (text: unknown, ...more: unknown[]) => Sql;
    expect(() => call("select 1")).toThrow(ParameterError);
    expect(() => call(["select 1"])).toThrow(ParameterError);
    expect(() => call(undefined)).toThrow(ParameterError);
  });

  it("refuses a value inside a string, a quoted identifier or a comment", () => {
    const term = "x";
    expect(refusal(sql`select * from t where a like '%${term}%'`).message).toContain(
      "parameter 1 stands inside a string",
    );
    expect(refusal(sql`select 1 as "${term}"`).message).toContain("inside a quoted identifier");
    expect(refusal(sql`select ${1} -- ${term}`).message).toContain("parameter 2 stands inside a comment");
    expect(refusal(sql`select [${term}]`, undefined, mssql).message).toContain("inside a quoted identifier");
    expect(refusal(sql`select '${sql`${term}`}'`).message).toContain("parameter 1 stands inside a string");
    expect(compile(sql`select '${sql.raw("x")}'`, undefined, postgres).text).toBe("select 'x'");
    expect(compile(sql`select a[${1}]`, undefined, postgres).text).toBe("select a[$1]");
    expect(compile(sql`select ''||${term}||''`, undefined, postgres).text).toBe("select ''||$1||''");
  });

  it("refuses a backslash that JavaScript swallows, and takes a doubled one", () => {
    expect(refusal(sql`select '\d+'`).message).toContain("the template has \\d");
    expect(refusal(sql`select a like 'x' escape '\'`).message).toContain("the template has \\'");
    expect(refusal(sql`select '\u'`).message).toContain("the template has \\u");
    expect(refusal(sql`select '\bword\b'`).message).toContain("\\b");
    expect(compile(sql`select '\\d+', 'a\tb', 'é', \`x\`, '\$x'`, undefined, sqlite).text).toBe(
      "select '\\d+', 'a\tb', 'é', `x`, '$x'",
    );
  });

  it("refuses the engine's own placeholders beside values", () => {
    expect(refusal(sql`select $1, ${2}`).message).toContain("the text has $1");
    expect(refusal(sql`select ?, ${2}`, undefined, sqlite).message).toContain("the text has ?");
    expect(refusal(sql`select :1, ${2}`, undefined, oracle).message).toContain("the text has :1");
    expect(refusal(sql`select @P1, ${2}`, undefined, mssql).message).toContain("the text has @p1");
    // A variable's name that the library does not use, and an operator of PostgreSQL.
    expect(compile(sql`declare @p9 int; select ${2}`, undefined, mssql).values).toEqual([2]);
    expect(compile(sql`select a ? ${"b"}`, undefined, postgres).text).toBe("select a ? $1");
    expect(compile(sql`select '$1', ${2}`, undefined, postgres).values).toEqual([2]);
  });

  it("refuses more values than the engine takes", () => {
    const values = Array.from({ length: 2_101 }, (_, index) => index);
    const error = refusal(sql`select ${sql.list(values)}`, undefined, mssql);
    expect(error.message).toBe(
      "sales (mssql): the statement has 2101 parameters, the engine takes at most 2100; use executeMany or bulkInsert, or cut it",
    );
    expect(compile(sql`select ${sql.list(values.slice(1))}`, undefined, mssql).values).toHaveLength(2_100);
  });
});

describe("sql.list", () => {
  it("makes one placeholder per value", () => {
    expect(compile(sql`select * from t where id in (${sql.list([1, 2, 3])})`, undefined, postgres)).toEqual({
      text: "select * from t where id in ($1, $2, $3)",
      values: [1, 2, 3],
    });
  });

  it("finds nothing when it is empty, with the type of the compared column", () => {
    expect(texts(sql`select * from t where t.id in (${sql.list([])})`)).toEqual([
      "select * from t where t.id in (select t.id where 1=0)",
      "select * from t where t.id in (select t.id where 1=0)",
      "select * from t where t.id in (select t.id where 1=0)",
      "select * from t where t.id in (select t.id from dual where 1=0)",
    ]);
    expect(
      compile(sql`delete from t where ${sql.identifier("a b")} NOT  IN ( ${sql.list([])} )`, undefined, mssql).text,
    ).toBe("delete from t where [a b] NOT  IN ( select [a b] where 1=0 )");
  });

  it("is null behind in where the left side is no plain column, and refused behind not in", () => {
    expect(compile(sql`select * from t where lower(a) in (${sql.list([])})`, undefined, postgres).text).toBe(
      "select * from t where lower(a) in (null)",
    );
    expect(compile(sql`select * from t where a + b in (${sql.list([])})`, undefined, postgres).text).toContain(
      "in (null)",
    );
    expect(compile(sql`select * from t where a::text in (${sql.list([])})`, undefined, postgres).text).toContain(
      "in (null)",
    );
    expect(refusal(sql`select * from t where lower(a) not in (${sql.list([])})`).message).toContain(
      "an empty list behind not in",
    );
  });

  it("refuses more values than one list may have", () => {
    const values = Array.from({ length: 1_001 }, (_, index) => index);
    expect(refusal(sql`select * from t where id in (${sql.list(values)})`, undefined, oracle).message).toContain(
      "a list has 1001 values, the engine takes at most 1000",
    );
  });

  it("is not changed by a change of the array it was made from", () => {
    const ids = [1, 2];
    const list = sql.list(ids);
    ids.push(3);
    expect(compile(sql`select ${list}`, undefined, sqlite).values).toEqual([1, 2]);
  });

  it("takes an array only", () => {
    expect(thrown(() => sql.list("abc" as never)).message).toBe("sql.list takes an array, not a string");
    expect(refusal(sql`select ${sql.list([1, undefined as never])}`).message).toContain("parameter 2 is undefined");
  });
});

describe("sql.identifier", () => {
  it("is quoted as the engine quotes", () => {
    expect(texts(sql`select * from ${sql.identifier("Sales", "or'der]s")}`)).toEqual([
      `select * from "Sales"."or'der]s"`,
      `select * from "Sales"."or'der]s"`,
      "select * from [Sales].[or'der]]s]",
      `select * from "Sales"."or'der]s"`,
    ]);
    expect(compile(sql`${sql.identifier('or"der')}`, undefined, postgres).text).toBe('"or""der"');
  });

  it("means the folded name on an engine that folds to upper case, when it is a simple lower-case one", () => {
    const quoted = (name: string) => compile(sql`${sql.identifier(name)}`, undefined, oracle).text;
    expect(quoted("users")).toBe('"USERS"');
    expect(quoted("user_2$#")).toBe('"USER_2$#"');
    expect(quoted("UserName")).toBe('"UserName"');
    expect(quoted("first name")).toBe('"first name"');
    expect(compile(sql`${sql.identifier("users")}`, undefined, postgres).text).toBe('"users"');
  });

  it("refuses names that no engine or not this engine can have", () => {
    expect(thrown(() => sql.identifier("")).message).toContain("an empty text");
    expect(thrown(() => sql.identifier("a", 3 as never)).message).toContain("not a number");
    expect(thrown(() => (sql.identifier as unknown as () => Sql)()).message).toContain("needs a name");
    expect(refusal(sql`${sql.identifier("a\0b")}`).message).toContain("NUL character");
    expect(refusal(sql`${sql.identifier("a\ud800")}`).message).toContain("surrogate");
    expect(refusal(sql`${sql.identifier("ä".repeat(32))}`).message).toContain(
      "has 64 bytes; the engine takes at most 63",
    );
    expect(compile(sql`${sql.identifier("ä".repeat(31))}`, undefined, postgres).text).toHaveLength(33);
    expect(refusal(sql`${sql.identifier("a".repeat(129))}`, undefined, mssql).message).toContain("has 129 chars");
  });

  it("tells its parts, which cannot be changed", () => {
    const { parts } = sql.identifier("a", "b");
    expect(parts).toEqual(["a", "b"]);
    expect(() => (parts as string[]).push("c")).toThrow(TypeError);
  });
});

describe("sql.values", () => {
  it("writes rows with their keyword, as a union where the engine has no lists of rows", () => {
    const statement = sql`insert into t (a, b) ${sql.values([
      [1, "x"],
      [2, "y"],
    ])}`;
    expect(texts(statement)).toEqual([
      "insert into t (a, b) values ($1, $2), ($3, $4)",
      "insert into t (a, b) values (?, ?), (?, ?)",
      "insert into t (a, b) values (@p1, @p2), (@p3, @p4)",
      "insert into t (a, b) select :1, :2 from dual union all select :3, :4 from dual",
    ]);
    expect(compile(statement, undefined, oracle).values).toEqual([1, "x", 2, "y"]);
    expect(compile(sql`insert into t (a) ${sql.values([[sql.raw("default")]])}`, undefined, oracle).text).toBe(
      "insert into t (a) values (default)",
    );
  });

  it("refuses no rows, rows of different length and more than the engine takes", () => {
    expect(thrown(() => sql.values([])).message).toContain("needs a row");
    expect(thrown(() => sql.values([[]])).message).toContain("needs a row");
    expect(thrown(() => sql.values([[1, 2], [3]])).message).toBe("sql.values: row 1 has 1 values, row 0 has 2");
    const rows = Array.from({ length: 1_001 }, () => [1]);
    expect(refusal(sql`insert into t ${sql.values(rows)}`, undefined, mssql).message).toContain("1001 rows of values");
  });
});

describe("sql.and and sql.or", () => {
  it("keep their conditions together whatever stands around them", () => {
    const either = sql.or([sql`a = ${1}`, sql`b = ${2} or c`]);
    expect(compile(sql`select * from t where ${either} and d`, undefined, postgres)).toEqual({
      text: "select * from t where ((a = $1) or (b = $2 or c)) and d",
      values: [1, 2],
    });
    expect(compile(sql.and([either, sql`e`]), undefined, postgres).text).toBe(
      "((((a = $1) or (b = $2 or c))) and (e))",
    );
  });

  it("of nothing are true and false", () => {
    expect(compile(sql`where ${sql.and([])}`, undefined, oracle).text).toBe("where (1=1)");
    expect(compile(sql`where ${sql.or([])}`, undefined, oracle).text).toBe("where (1=0)");
  });

  it("leave sql.empty out", () => {
    expect(compile(sql.and([sql.empty, sql`a`, sql.empty]), undefined, postgres).text).toBe("((a))");
    expect(compile(sql.and([sql.empty]), undefined, postgres).text).toBe("(1=1)");
    expect(compile(sql.or([sql.empty]), undefined, postgres).text).toBe("(1=0)");
  });

  it("refuse what is no condition, so that none is lost by mistake", () => {
    for (const wrong of [undefined, false, null, "a = 1"]) {
      expect(() => sql.and([wrong as never])).toThrow(/use sql.empty for no condition/);
      expect(() => sql.or([wrong as never])).toThrow(ParameterError);
    }
  });
});

describe("sql.join, sql.raw and sql.empty", () => {
  it("put fragments and values one behind the other", () => {
    const columns = sql.join([sql.identifier("a"), sql.identifier("b")]);
    expect(compile(sql`select ${columns} from t`, undefined, mssql).text).toBe("select [a], [b] from t");
    const sets = sql.join([sql`a = ${1}`, sql`b = ${2}`], sql`, `);
    expect(compile(sql`update t set ${sets} where id = ${3}`, undefined, postgres)).toEqual({
      text: "update t set a = $1, b = $2 where id = $3",
      values: [1, 2, 3],
    });
    expect(compile(sql`f(${sql.join([1, 2], sql` + `)})`, undefined, postgres).text).toBe("f($1 + $2)");
    expect(compile(sql`a${sql.join([])}b`, undefined, postgres).text).toBe("ab");
  });

  it("refuse text as a separator, which would be a second unsafe door", () => {
    expect(() => sql.join([sql`a`], " or " as never)).toThrow(/separator of sql.join is a fragment/);
  });

  it("keep the text of a list of columns apart per engine", () => {
    const columns = sql.join([sql.identifier("id"), sql.identifier("name")]);
    for (let round = 0; round < 3; round++) {
      expect(texts(sql`select ${columns}, ${sql`${round}`}`)).toEqual([
        'select "id", "name", $1',
        'select "id", "name", ?',
        "select [id], [name], @p1",
        'select "ID", "NAME", :1',
      ]);
    }
  });

  it("keep the text of a part apart from what stands around it", () => {
    const values = sql.join([sql`${1}`, sql`${2}`]);
    expect(compile(sql`select ${values}, ${values}`, undefined, postgres).text).toBe("select $1, $2, $3, $4");
    const empty = sql.join([sql.list([])]);
    expect(compile(sql`where a in (${empty}) or b in (${empty})${sql` and ${1}`}`, undefined, postgres).text).toBe(
      "where a in (select a where 1=0) or b in (select b where 1=0) and $1",
    );
  });

  it("write raw text as it is", () => {
    expect(compile(sql`select ${sql.raw("'$1' -- x")}${sql.empty}`, undefined, postgres).text).toBe("select '$1' -- x");
    expect(() => sql.raw(1 as never)).toThrow(/sql.raw takes text/);
  });
});
