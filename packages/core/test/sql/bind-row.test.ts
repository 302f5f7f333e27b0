import { describe, expect, it } from "vitest";
import { bindRow, sql } from "../../src/sql/index.ts";
import { mssql, postgres, thrown } from "./dialects.ts";

const columns = ["id", "name"];

describe("a row of a bulk insert", () => {
  it("is an array in the order of the columns, or an object", () => {
    expect(bindRow(columns, [1, "a"], 0, postgres)).toEqual([1, "a"]);
    expect(bindRow(columns, { name: "a", id: 1, other: 5 }, 0, postgres)).toEqual([1, "a"]);
    expect(bindRow(["doc"], [{ a: 1 }], 0, postgres)).toMatchObject([{ text: '{"a":1}' }]);
    expect(bindRow(["n"], [sql.typed(5, "bigint")], 0, postgres)).toEqual([5]);
  });

  it("names row and column when something is wrong", () => {
    expect(thrown(() => bindRow(columns, { id: 1 }, 7, postgres)).message).toBe(
      'orders (postgres): row 7: parameter "name" is undefined; write null for NULL',
    );
    expect(thrown(() => bindRow(columns, [1, undefined], 8, postgres)).message).toContain(
      'row 8: parameter "name" is undefined',
    );
    expect(thrown(() => bindRow(columns, [1], 9, postgres)).message).toContain("row 9: has 1 values for 2 columns");
    expect(thrown(() => bindRow(columns, [1, [2]], 3, mssql)).message).toContain('row 3: parameter "name" is an array');
    for (const wrong of [null, undefined, 5, "ab", sql`x`]) {
      expect(thrown(() => bindRow(columns, wrong as never, 2, postgres)).message).toContain(
        "row 2: a row is an array or an object",
      );
    }
  });

  it("does not take inherited properties for columns", () => {
    expect(thrown(() => bindRow(["toString"], {}, 0, postgres)).message).toContain('parameter "toString" is undefined');
  });
});
