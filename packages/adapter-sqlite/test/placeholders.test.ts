import { describe, expect, it } from "vitest";
import { connect, failure, rows, run } from "./support/database.ts";

describe("parameters", () => {
  it("takes values in the order in which SQLite counts them, whatever the placeholders are called", async () => {
    const connection = await connect({ filename: ":memory:" });
    const cases: readonly [string, (string | number)[], unknown[]][] = [
      ["select ?, ?", [1, 2], [1, 2]],
      ["select ?2, ?1", [1, 2], [2, 1]],
      ["select ?1, ?1, ?2", ["a", "b"], ["a", "a", "b"]],
      ["select ?3, ?", [1, 2, 3, 4], [3, 4]],
      ["select ?2, ?, ?1", [1, 2, 3], [2, 3, 1]],
      ["select ?, ?1", [5], [5, 5]],
      ["select ?01, ?1", [5], [5, 5]],
      ["select :b, :a, :b", [1, 2], [1, 2, 1]],
      ["select @b, $a, ?", [1, 2, 3], [1, 2, 3]],
      ["select :a, ?1", [1], [1, 1]],
      ["select $1, $2", [1, 2], [1, 2]],
      ["select :__proto__, :constructor", [1, 2], [1, 2]],
    ];
    for (const [text, values, expected] of cases) {
      expect(await rows(connection, text, ...values), text).toEqual([expected]);
    }
  });

  it("does not look for them in strings, names and comments", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, 'create table "a:b" ([c?1] text, `$d` text, e$f text)');
    await run(connection, "insert into \"a:b\" ([c?1], `$d`, e$f) values (:x, ':y', ?2) -- :z ?9\n /* @q */", 1, 2);
    expect(await rows(connection, 'select * from "a:b"')).toEqual([["1", ":y", "2"]]);
  });

  it("refuses a wrong number of values before anything runs", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (a, b)");
    for (const text of [
      "insert into t values (?, ?)",
      "insert into t values (?1, ?2)",
      "insert into t values (:a, :b)",
    ]) {
      for (const values of [[], [1], [1, 2, 3]]) {
        const failed = await failure(() => run(connection, text, ...values));
        expect(failed).toMatchObject({ kind: "parameter", executed: "no", connection: "ok" });
      }
    }
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
    expect((await failure(() => run(connection, "select 1", 1))).kind).toBe("parameter");
  });

  it("refuses names that differ only in their prefix", async () => {
    const connection = await connect({ filename: ":memory:" });
    const failed = await failure(() => run(connection, "select :a, @a", 1, 2));
    expect(failed).toMatchObject({
      kind: "parameter",
      error: { message: "the parameters :a and @a cannot be told apart" },
    });
  });

  it("refuses numbers beyond SQLite's limit without making room for them", async () => {
    const connection = await connect({ filename: ":memory:" });
    expect((await failure(() => run(connection, "select ?999999999", 1))).kind).toBe("parameter");
    expect((await failure(() => run(connection, "select ?0", 1))).kind).toBe("parameter");
  });

  it("gives every statement of a script its result, and refuses parameters for several", async () => {
    const connection = await connect({ filename: ":memory:" });
    const first = await run(
      connection,
      "create table t (a); insert into t values (1), (2); create trigger r after insert on t begin select 1; end; select a from t -- all",
    );
    const affected: unknown[] = [];
    for (let at: typeof first | undefined = first; at !== undefined; at = at.next)
      affected.push([at.affected, at.rows]);
    expect(affected).toEqual([
      [null, []],
      [2, []],
      [null, []],
      [2, [[1], [2]]],
    ]);
    expect((await failure(() => run(connection, "select ?; select 2", 1))).kind).toBe("parameter");
  });

  it("keeps what a script did before the statement that failed, as SQLite's shell does", async () => {
    const connection = await connect({ filename: ":memory:" });
    await run(connection, "create table t (a primary key)");
    const failed = await failure(() =>
      run(connection, "insert into t values (1); insert into t values (1); insert into t values (2)"),
    );
    expect(failed.kind).toBe("unique");
    expect(await rows(connection, "select a from t")).toEqual([[1]]);
    expect(connection.txStatus).toBe("idle");
  });

  it("gives nothing for a text without a statement", async () => {
    const connection = await connect({ filename: ":memory:" });
    for (const text of ["", " ; -- nothing"])
      expect(await run(connection, text)).toEqual({ columns: [], rows: [], affected: null });
  });
});
