import { describe, expect, it } from "vitest";
import { compileMany, sql } from "../../src/sql/index.ts";
import { oracle, postgres, sqlite, thrown } from "./dialects.ts";

describe("one text for many sets", () => {
  it("binds objects by name", () => {
    const many = compileMany("insert into t values (:b, :a, :b)", sqlite);
    expect(many.text).toBe("insert into t values (?, ?, ?)");
    expect(many.bind({ a: 1, b: 2 }, 0)).toEqual([2, 1, 2]);
    expect(many.bind({ a: null, b: "x" }, 1)).toEqual(["x", null, "x"]);
    expect(many.hints).toBeUndefined();
  });

  it("binds arrays in the engine's own placeholders", () => {
    const many = compileMany("insert into t values ($1, '12:30')", postgres);
    expect(many.text).toBe("insert into t values ($1, '12:30')");
    expect(many.bind([1], 0)).toEqual([1]);
    expect(compileMany("insert into t values (:1)", oracle).bind([7], 0)).toEqual([7]);
  });

  it("names the set that is wrong", () => {
    const many = compileMany("insert into t values (:a)", postgres);
    many.bind({ a: 1 }, 0);
    expect(thrown(() => many.bind({ a: undefined }, 1)).message).toBe(
      'orders (postgres): parameter set 1: parameter "a" is undefined; write null for NULL',
    );
    expect(thrown(() => many.bind({ b: 1 }, 2)).message).toContain("parameter set 2: no value for :a");
    expect(thrown(() => many.bind([1], 3)).message).toContain("parameter set 3: is an array, but the text has :name");
    expect(thrown(() => many.bind(null as never, 4)).message).toContain("parameter set 4: parameters are an object");
    expect(thrown(() => many.bind({ a: sql`x` }, 5)).message).toContain("parameter set 5: has an sql fragment");
    expect(thrown(() => many.bind({ a: 1, b: 2 }, 6)).message).toContain("no placeholder for :b");
  });

  it("wants sets of one length", () => {
    const many = compileMany("insert into t values ($1, $2)", postgres);
    many.bind([1, 2], 0);
    expect(thrown(() => many.bind([1], 1)).message).toContain(
      "parameter set 1: has 1 values, not 2 as the first set has",
    );
  });

  it("takes the types from the first set, and wants the same ones in all", () => {
    const many = compileMany("insert into t values (:a, :b)", postgres);
    many.bind({ a: 1, b: sql.typed(2, "bigint") }, 0);
    expect(many.hints?.[1]).toEqual({ type: "bigint" });
    expect(many.bind({ a: 3, b: sql.typed(4, "bigint") }, 1)).toEqual([3, 4]);
    expect(thrown(() => many.bind({ a: 3, b: 4 }, 2)).message).toContain(
      "parameter 2 has another type than in the first set",
    );
    expect(thrown(() => many.bind({ a: sql.varchar("x"), b: sql.typed(4, "bigint") }, 3)).message).toContain(
      "parameter 1",
    );
  });

  it("refuses an sql template, mixed placeholders, and too many parameters", () => {
    expect(thrown(() => compileMany(sql`insert` as never, postgres)).message).toContain("go with text");
    expect(thrown(() => compileMany("insert into t values ($1, :a)", postgres)).message).toContain("the text has $1");
    const many = compileMany("insert", sqlite);
    expect(thrown(() => many.bind(new Array(40_000).fill(1), 0)).message).toContain("40000 parameters");
  });
});
