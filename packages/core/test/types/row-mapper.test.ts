import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { checkTypeOptions, rowMapper, typeDefaults } from "../../src/types/index.ts";
import { column, place } from "./mapping.ts";

/** One row by a mapper that is new, and by one that has been used enough to be compiled. */
function bothWays(names: readonly string[], row: readonly unknown[]): readonly [looped: object, compiled: object] {
  const mapper = rowMapper(
    names.map((name) => column(name, "dynamic")),
    typeDefaults,
    "lower",
    place,
  );
  const looped = mapper.toObject(row);
  const compiled = mapper.toObjects(Array.from({ length: 1_000 }, () => row)).at(-1);
  if (compiled === undefined) throw new Error("no row");
  return [looped, compiled];
}

describe("a row mapper", () => {
  it("makes plain objects with the columns in their order", () => {
    for (const object of bothWays(["b", "a", "c"], [1, "x", null])) {
      expect(Object.entries(object)).toEqual([
        ["b", 1],
        ["a", "x"],
        ["c", null],
      ]);
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    }
  });

  it("makes an object of its own for each row, that the caller may change", () => {
    const mapper = rowMapper([column("a", "string")], typeDefaults, "lower", place);
    const rows = Array.from({ length: 1_000 }, (_, index) => [`${index}`]);
    const objects = mapper.toObjects(rows) as { a: string; more?: number }[];
    expect(objects.map(({ a }) => a)).toEqual(rows.map(([a]) => a));
    const [first] = objects;
    if (first === undefined) throw new Error("no row");
    first.a = "changed";
    first.more = 1;
    expect(objects[1]).toEqual({ a: "1" });
    expect(rows[0]).toEqual(["0"]);
    expect(mapper.toObjects([])).toEqual([]);
  });

  it("lets the last of several columns with one name win", () => {
    for (const object of bothWays(["id", "name", "id"], [1, "x", 2])) {
      expect(object).toEqual({ id: 2, name: "x" });
    }
  });

  it("takes any column name, also one that means something to JavaScript", () => {
    const names = [
      "__proto__",
      "constructor",
      "toString",
      "hasOwnProperty",
      "",
      "a b",
      'quo"te',
      "back\\slash",
      "new\nline",
      "\u2028",
      "1",
      "?column?",
      "});alert(1);({",
      "$x}",
      "`",
      "\ud800",
      "😀",
    ];
    const row = names.map((_, index) => `v${index}`);
    for (const object of bothWays(names, row)) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(Object.keys(object).toSorted()).toEqual(names.toSorted());
      for (const [index, name] of names.entries()) {
        expect(Object.getOwnPropertyDescriptor(object, name)).toEqual({
          value: `v${index}`,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
    }
    for (const object of bothWays(["__proto__", "a", "__proto__"], [{ polluted: 1 }, 2, { polluted: 3 }])) {
      expect((object as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.getOwnPropertyDescriptor(object, "__proto__")?.value).toEqual({ polluted: 3 });
    }
  });

  it("takes a thousand columns", () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `c${index}`);
    const row = names.map((_, index) => index);
    for (const object of bothWays(names, row)) expect(Object.values(object)).toEqual(row);
  });

  it("gives the first column of a row as a value", () => {
    const mapper = rowMapper([column("n", "integer"), column("s", "string")], typeDefaults, "lower", place);
    expect(mapper.first(["5", "x"])).toBe(5);
    expect(mapper.first([null, "x"])).toBeNull();
    expect(rowMapper([], typeDefaults, "lower", place).first([])).toBeNull();
  });

  it("names the column of a value that cannot be converted, also once it is compiled", () => {
    const mapper = rowMapper(
      [column("id", "integer"), column("until", "timestamp")],
      checkTypeOptions({ bigint: "number" }, "orders"),
      "lower",
      place,
    );
    const wrong = [1, "infinity"];
    expect(() => mapper.toObject(wrong)).toThrow('orders (postgres): column "until" holds a timestamp');
    mapper.toObjects(Array.from({ length: 1_000 }, () => [1, null]));
    expect(() => mapper.toObject(wrong)).toThrow('orders (postgres): column "until" holds a timestamp');
    expect(() => mapper.toObject([2n ** 60n, null])).toThrow('column "id" holds an integer beyond');
    expect(mapper.toObject([3, null])).toEqual({ id: 3, until: null });
  });

  it("gives the same rows in a process that forbids the generation of code", async () => {
    const source = fileURLToPath(new URL("../../src/types/index.ts", import.meta.url));
    const script = `
      import { rowMapper, typeDefaults } from ${JSON.stringify(source)};
      let forbidden = false;
      try { new Function("return 1"); } catch { forbidden = true; }
      const columns = [{ name: "id", databaseType: "", type: "integer" }, { name: "__proto__", databaseType: "", type: "string" }];
      const mapper = rowMapper(columns, typeDefaults, "lower", { database: "d", engine: "e" });
      const rows = mapper.toObjects(Array.from({ length: 2000 }, (_, index) => [String(index), "x"]));
      process.stdout.write(JSON.stringify({ forbidden, last: Object.entries(rows.at(-1)) }));
    `;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [
      "--disallow-code-generation-from-strings",
      "--input-type=module",
      "--eval",
      script,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      forbidden: true,
      last: [
        ["id", 1999],
        ["__proto__", "x"],
      ],
    });
  });
});

describe("column names", () => {
  const names = (foldCase: "upper" | "lower" | "none", options = typeDefaults) =>
    rowMapper(
      ["ID", "FIRST_NAME", "Mixed", "lower", "COUNT(*)", "1", "ÄÖ"].map((name) => column(name, "any")),
      options,
      foldCase,
      place,
    ).names;

  it("come in lower case where the engine folded them to upper case", () => {
    expect(names("upper")).toEqual(["id", "first_name", "Mixed", "lower", "count(*)", "1", "äö"]);
  });

  it("come as the engine says everywhere else, and by option", () => {
    const asIs = ["ID", "FIRST_NAME", "Mixed", "lower", "COUNT(*)", "1", "ÄÖ"];
    expect(names("lower")).toEqual(asIs);
    expect(names("none")).toEqual(asIs);
    expect(names("upper", checkTypeOptions({ columnCase: "driver" }, "erp"))).toEqual(asIs);
  });
});
