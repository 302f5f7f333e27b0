import { expect, it, vi } from "vitest";
import { isJsonText } from "../../src/driver/index.ts";
import { compile, isSql, sql } from "../../src/sql/index.ts";
import { postgres } from "./dialects.ts";

it("compiles fragments and parameters that another copy of the package made", async () => {
  vi.resetModules();
  const other = await import("../../src/sql/index.ts");
  expect(other.sql).not.toBe(sql);

  const condition = other.sql`a = ${other.sql.typed(1, "int")} and b in (${other.sql.list([2, 3])})`;
  expect(isSql(condition)).toBe(true);
  const statement = sql`select * from ${other.sql.identifier("t")} where ${sql.and([condition, other.sql.empty])} and c = ${other.sql.json([4])}`;
  const compiled = compile(statement, undefined, postgres);
  expect(compiled.text).toBe('select * from "t" where ((a = $1 and b in ($2, $3))) and c = $4');
  expect(compiled.values.slice(0, 3)).toEqual([1, 2, 3]);
  expect(isJsonText(compiled.values[3])).toBe(true);
  expect(compiled.hints?.[0]).toEqual({ type: "int" });
  expect(other.compile(sql`select ${1}`, undefined, postgres).values).toEqual([1]);
});
