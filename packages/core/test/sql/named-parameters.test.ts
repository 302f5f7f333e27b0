import { describe, expect, it } from "vitest";
import { compile, type StatementTarget, sql } from "../../src/sql/index.ts";
import { mssql, mysql, oracle, postgres, refusal, sqlite, targets } from "./dialects.ts";

/** The names found in a text, each bound to itself. */
function found(text: string, target: StatementTarget): readonly unknown[] {
  const names: Record<string, unknown> = {};
  for (;;) {
    try {
      return compile(text, names, target).values;
    } catch (error) {
      const missing = (error as { readonly parameters?: readonly string[] }).parameters ?? [];
      if (missing.length === 0) throw error;
      for (const name of missing) names[name] = name;
    }
  }
}

describe("text with :name placeholders", () => {
  it("gets the placeholders of the engine, and the values in their order", () => {
    const text = "select * from t where b = :b and a = :a";
    expect(targets.map((target) => compile(text, { a: 1, b: 2 }, target))).toEqual([
      { text: "select * from t where b = $1 and a = $2", values: [2, 1] },
      { text: "select * from t where b = ? and a = ?", values: [2, 1] },
      { text: "select * from t where b = @p1 and a = @p2", values: [2, 1] },
      { text: "select * from t where b = :1 and a = :2", values: [2, 1] },
    ]);
  });

  it("sends the value of a repeated name once, where the engine's placeholders can repeat", () => {
    const text = "select :a, :b, :a, :a";
    expect(targets.map((target) => compile(text, { a: 1, b: 2 }, target))).toEqual([
      { text: "select $1, $2, $1, $1", values: [1, 2] },
      { text: "select ?, ?, ?, ?", values: [1, 2, 1, 1] },
      { text: "select @p1, @p2, @p1, @p1", values: [1, 2] },
      { text: "select :1, :2, :3, :4", values: [1, 2, 1, 1] },
    ]);
  });

  it("takes names with letters of any script, digits and underscores", () => {
    expect(found("select :größe, :_x1, :名, :a$b", postgres)).toEqual(["größe", "_x1", "名", "a"]);
    expect(found("limit:n,in(:a)||:b", postgres)).toEqual(["n", "a", "b"]);
  });

  it("lets a value be a fragment, which changes the text for this call only", () => {
    const text = "select * from t where id in (:ids) and team = :team and (:team) is not null";
    expect(compile(text, { ids: sql.list([1, 2]), team: "x" }, postgres)).toEqual({
      text: "select * from t where id in ($1, $2) and team = $3 and ($3) is not null",
      values: [1, 2, "x"],
    });
    expect(compile(text, { ids: sql.list([7]), team: "x" }, sqlite)).toEqual({
      text: "select * from t where id in (?) and team = ? and (?) is not null",
      values: [7, "x", "x"],
    });
    expect(compile(text, { ids: 5, team: sql.raw("'y'") }, postgres)).toEqual({
      text: "select * from t where id in ($1) and team = 'y' and ('y') is not null",
      values: [5],
    });
    expect(compile(text, { ids: 5, team: "z" }, postgres).text).toContain("id in ($1) and team = $2");
    expect(refusal(text, { ids: sql.list([1]) }).message).toContain("no value for :team");
    expect(refusal(text, { ids: sql.list([1]), team: 1, tema: 2 }).message).toContain("no placeholder for :tema");
  });
});

describe("the scanner", () => {
  const skipsEverywhere = [
    "select ':no', 'it''s :no'",
    'select ":no", "a"":no"',
    "select 1 -- :no\n, 2",
    "select 1 -- :no",
    "select /* :no */ 1",
    "select a::no, b :: int",
    "begin x := 1; end",
    "select '':'' , 12:30",
    "select ' :no unterminated",
    "select /* :no unterminated",
    "::::no",
    ": no",
    ":",
    ":-no",
  ];
  for (const text of skipsEverywhere) {
    it(`finds no name in ${JSON.stringify(text)}`, () => {
      for (const target of targets) expect(compile(text, {}, target)).toEqual({ text, values: [] });
    });
  }

  const cases: readonly (readonly [target: StatementTarget, text: string, names: readonly string[]])[] = [
    // Dollar quotes, and what only looks like them.
    [postgres, "select $$ :no $$, :a", ["a"]],
    [postgres, "select $x$ :no $$ :no $y$ $x$, :a", ["a"]],
    [postgres, "select $ü$ :no $ü$ || :a", ["a"]],
    [postgres, "select a$x$ , :a, b$x$", ["a"]],
    [postgres, "do $$ begin perform $q$ :no $q$; end $$", []],
    [sqlite, "select $$ , :a", ["a"]],
    // Backslashes.
    [postgres, "select E'\\' :no', :a", ["a"]],
    [postgres, "select e'\\\\', :a, ' :no'", ["a"]],
    [postgres, "select 'a\\', :a, ' :no'", ["a"]],
    [postgres, "select E'a''\\'' , :a", ["a"]],
    [postgres, "select E'a'\n  'b\\' :no', :a", ["a"]],
    [postgres, "select E'a' -- ' :no\n 'b\\' :no', :a", ["a"]],
    [postgres, "select E'a' 'b\\', :a, ' :no'", ["a"]],
    [postgres, "select name'\\', :a, ' :no'", ["a"]],
    [mssql, "select E'\\', :a, ' :no'", ["a"]],
    // Comments within comments.
    [postgres, "/* a /* :no */ :no */ :a", ["a"]],
    [mssql, "/* a /* :no */ :no */ :a", ["a"]],
    [oracle, "/* a /* :no */ :a", ["a"]],
    [sqlite, "/*/ :no */ :a /**/ :b", ["a", "b"]],
    [postgres, "select 1 - -:a, 4 / :b * 2", ["a", "b"]],
    [postgres, "select 1 --:no\r:a", ["a"]],
    // Brackets and backticks.
    [mssql, "select [:no], [a]] :no], :a", ["a"]],
    [sqlite, "select [:no], `:no`, `a`` :no`, :a", ["a"]],
    [postgres, "select `:a`", ["a"]],
    [oracle, "select [:a]", ["a"]],
    // Oracle's own quotes.
    [oracle, "select q'[it's :no]', :a from dual", ["a"]],
    [oracle, "select Q'{ :no }' || nq'!it's :no!' || q'(:no)' || q'<:no>', :a from dual", ["a"]],
    [oracle, "select xq'[', :a, ']' from dual", ["a"]],
    [postgres, "select q'[', :a, ' :no'", ["a"]],
    // Slices.
    [postgres, 'select a[1:2], a[i:j], a[f(x):j], (a)[:lo:hi], a[b[1]:c], "a"["i":j]', ["lo"]],
    [
      postgres,
      "select a[:lo : :hi], a[:i], array[:x, :y], array[1 + :z], array[case when b then :w end]",
      ["lo", "hi", "i", "x", "y", "z", "w"],
    ],
    [postgres, "select a] :b, a[i:j]", ["b"]],
    [oracle, "select a[i:j]", ["j"]],
    // Casts.
    [postgres, "select :a::int, (:b)::text, ':no'::name, :c :: int", ["a", "b", "c"]],
    [mssql, "select geography::Parse(:a), hierarchyid::GetRoot()", ["a"]],
    [oracle, "begin :a := f(:b); end;", ["a", "b"]],
    // Operators of PostgreSQL that look like placeholders elsewhere.
    [postgres, "select a ? :k, a ?| :ks, a @> :d, @ :n", ["k", "ks", "d", "n"]],
    [mssql, "select @@rowcount, @p, @px1, x@p1, :a", ["a"]],
    // Strings with backslashes, in both quotes.
    [mysql, "select 'it\\'s :no', :a", ["a"]],
    [mysql, 'select "it\\"s :no", "it\'s :no", "a""\\":no", :a', ["a"]],
    [mysql, "select 'a\\\\', :a, ' :no'", ["a"]],
    [mysql, "select `a\\`, :a, ` :no`", ["a"]],
    [sqlite, "select 'a\\', :a, ' :no'", ["a"]],
    // Comments that begin with a number sign, and dashes that begin none.
    [mysql, "select :a # it's :no\n, :b", ["a", "b"]],
    [mysql, "# don't :no", []],
    [sqlite, "select a # :b", ["b"]],
    [mysql, "select 5--:a, 5---:b, 5--- :no\n, 5 -- :no\r :no\n, :c --", ["a", "b", "c"]],
    [mysql, "select 1 --\t:no\n, :a --\u0001:no", ["a"]],
    // Comments that are run.
    [
      mysql,
      "select :a /*! , :b */ /*!50101 , ':no' , :c */ /*M!100100 , :d */ /*m!:no*/ /*+ :no */",
      ["a", "b", "c", "d"],
    ],
    [mysql, "select 1 /*!+ :a */* :b, 2 */* :no, /*!*/ :d", ["a", "b", "d"]],
    [mysql, "select /*! '*/ :no' */ :a", ["a"]],
    [mysql, "select @a:=:b, @'a:no', a->'$.no', _utf8mb4'it\\'s :no', :c", ["b", "c"]],
    [sqlite, "select /*! :no */ :a", ["a"]],
  ];
  for (const [target, text, names] of cases) {
    it(`finds ${names.join(", ") || "no name"} in ${JSON.stringify(text)} on ${target.engine}`, () => {
      expect(found(text, target)).toEqual(names);
    });
  }
});

describe("parameters that do not fit", () => {
  it("are refused with every name, and never a value", () => {
    const error = refusal("select :a, :b, :c", { a: 1, x: "secret", y: "secret" });
    expect(error.message).toBe("orders (postgres): no value for :b, :c; no placeholder for :x, :y");
    expect(error.parameters).toEqual(["b", "c", "x", "y"]);
    expect(error).toMatchObject({
      code: "MDB_PARAMETER",
      database: "orders",
      engine: "postgres",
      statement: "select :a, :b, :c",
    });
  });

  it("are refused with the name that was probably meant", () => {
    expect(refusal("select :userId", { userid: 1 }).message).toBe(
      'orders (postgres): no value for :userId; did you mean "userid"?; no placeholder for :userid',
    );
    expect(refusal("select :name", { name: 1, nam: 2 }).message).toContain(
      'no placeholder for :nam; did you mean "name"?',
    );
  });

  it("are refused when there are none at all, with the way out", () => {
    expect(refusal("select :id").message).toBe(
      "orders (postgres): no value for :id; give an object with the values, or [] to send the text as it stands",
    );
    expect(compile("create trigger t begin :new.id := 1; end;", [], oracle)).toEqual({
      text: "create trigger t begin :new.id := 1; end;",
      values: [],
    });
    expect(compile("select a::int, '12:30'", undefined, postgres)).toEqual({
      text: "select a::int, '12:30'",
      values: [],
    });
    expect(compile("select 1", undefined, postgres)).toEqual({ text: "select 1", values: [] });
  });

  it("are refused for a name whose value is undefined, or only inherited", () => {
    expect(refusal("select :a", { a: undefined }).message).toBe(
      'orders (postgres): parameter "a" is undefined; write null for NULL',
    );
    expect(refusal("select :toString", {}).message).toContain("no value for :toString");
    expect(refusal("select :a", Object.create({ a: 1 })).message).toContain("no value for :a");
    expect(refusal("select :__proto__", {}).message).toContain("no value for :__proto__");
    expect(compile("select :a", Object.assign(Object.create(null), { a: 1 }), postgres).values).toEqual([1]);
    expect(compile("select :constructor", { constructor: 1 }, postgres).values).toEqual([1]);
  });

  it("are refused for an unused name also where the text has none", () => {
    expect(refusal("select 1", { a: 1 }).message).toContain("no placeholder for :a");
    expect(refusal("select 1", { a: undefined }).message).toContain("no placeholder for :a");
  });

  it("are refused when they are neither an object nor an array", () => {
    for (const wrong of [null, 5, "a", true]) {
      expect(refusal("select :a", wrong as never).message).toContain(
        "parameters are an object with their names, or an array",
      );
    }
    expect(refusal("select :a", sql`x` as never).message).toContain("not an sql fragment");
  });

  it("are refused beside the engine's own placeholders", () => {
    expect(refusal("select $1, :a", { a: 1 }).message).toContain("the text has $1");
    expect(refusal("select ?, :a", { a: 1 }, sqlite).message).toContain("the text has ?");
    expect(refusal("select :1, :a", { a: 1 }, oracle).message).toContain("the text has :1");
    expect(refusal("select @p1, :a", { a: 1 }, mssql).message).toContain("the text has @p1");
    expect(compile("declare @p2 int; select :a", { a: 1 }, mssql).values).toEqual([1]);
  });

  it("are refused when there are more than the engine takes", () => {
    const names = Array.from({ length: 2_101 }, (_, index) => `n${index}`);
    const parameters = Object.fromEntries(names.map((name) => [name, 1]));
    const error = refusal(`select ${names.map((name) => `:${name}`).join()}`, parameters, mssql);
    expect(error.message).toContain("the statement has 2101 parameters, the engine takes at most 2100");
  });

  it("are refused with a statement that is neither text nor an sql template", () => {
    for (const wrong of [undefined, null, 5, { text: "select 1" }, ["select 1"]]) {
      expect(refusal(wrong as never).message).toContain("a statement is text or an sql template");
    }
  });
});

describe("text with an array", () => {
  it("is passed through untouched, with checked values", () => {
    const text = "select $1, ':x', a[1:2], :y";
    expect(compile(text, ["v"], postgres)).toEqual({ text, values: ["v"] });
    expect(refusal(text, [undefined]).message).toContain("parameter 1 is undefined");
    expect(refusal(text, new Array(1)).message).toContain("parameter 1 is undefined");
    expect(refusal("x", new Array(65_536).fill(1)).message).toContain("the statement has 65536 parameters");
  });

  it("carries the types of its values", () => {
    const statement = compile("select $1, $2", [1, sql.typed("2.5", "decimal(38,10)")], postgres);
    expect(statement.values).toEqual([1, "2.5"]);
    expect(statement.hints?.[0]).toBeUndefined();
    expect(statement.hints?.[1]).toEqual({ type: "decimal(38,10)" });
    expect(compile("select $1", [1], postgres)).not.toHaveProperty("hints");
  });
});

describe("the memory of the scanner", () => {
  it("gives the right text after more texts than it keeps, and for texts too long to keep", () => {
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 1_500; n++) {
        expect(compile(`select ${n}, :a`, { a: n }, postgres)).toEqual({ text: `select ${n}, $1`, values: [n] });
      }
    }
    const long = `select '${"x".repeat(50_000)}', :a`;
    for (let round = 0; round < 2; round++) {
      expect(compile(long, { a: 1 }, sqlite).text).toBe(long.replace(":a", "?"));
    }
  });
});
