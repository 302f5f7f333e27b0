import { Buffer } from "node:buffer";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isJsonText } from "../../src/driver/index.ts";
import { compile, type SqlValue, type StatementTarget, sql } from "../../src/sql/index.ts";
import { oracle, postgres, refusal, sqlite, targets, thrown } from "./dialects.ts";

/** What the driver gets for a value: the same in a template, by name and in an array. */
function sent(value: SqlValue, target: StatementTarget = postgres): unknown {
  const [inTemplate] = compile(sql`select ${value}`, undefined, target).values;
  const [byName] = compile("select :v", { v: value }, target).values;
  const [inArray] = compile("select $1", [value], target).values;
  expect(byName).toEqual(inTemplate);
  expect(inArray).toEqual(inTemplate);
  return inTemplate;
}

/** Why a value is refused: the same in a template, by name and in an array. */
function whyRefused(value: unknown, target: StatementTarget = postgres): string {
  const inTemplate = refusal(sql`select ${value as SqlValue}`, undefined, target);
  const byName = refusal("select :v", { v: value }, target);
  expect(inTemplate.parameters).toEqual(["1"]);
  expect(byName.parameters).toEqual(["v"]);
  const start = `${target.database} (${target.engine}): parameter `;
  expect(byName.message.replace(`${start}"v" `, "")).toBe(inTemplate.message.replace(`${start}1 `, ""));
  expect(refusal("select $1", [value], target).message).toBe(inTemplate.message);
  expect(inTemplate.message).toContain(start);
  return byName.message.replace(`${start}"v" `, "");
}

describe("a parameter", () => {
  it("goes to the driver as it is, when a driver knows its kind", () => {
    const values = [null, "", "text 😀", "a\0b", 0, -0, 1.5, Number.MAX_SAFE_INTEGER, 2n ** 200n, true, false];
    for (const value of values) for (const target of targets) expect(sent(value, target)).toBe(value);
    const date = new Date("0001-01-01T00:00:00Z");
    const bytes = Buffer.from("x");
    expect(sent(date)).toBe(date);
    expect(sent(bytes)).toBe(bytes);
    expect(sent(new Uint8Array(2))).toEqual(new Uint8Array(2));
  });

  it("is known also when it comes from another realm", () => {
    const date = sent(runInNewContext("new Date(5)"));
    expect(date).toEqual(new Date(5));
    const bytes = sent(runInNewContext("new Uint8Array([1, 2, 3]).subarray(1)"));
    expect(bytes).toEqual(new Uint8Array([2, 3]));
    // What drivers ask, and what knows nothing of another realm.
    expect(date).toBeInstanceOf(Date);
    expect(bytes).toBeInstanceOf(Uint8Array);
    expect(sent(runInNewContext("({ a: 1 })"))).toMatchObject({ text: '{"a":1}' });
    expect(whyRefused(runInNewContext("new Date(NaN)"))).toBe("is an invalid Date");
  });

  it("is refused with its kind when it would be stored as something else, or not at all", () => {
    expect(whyRefused(undefined)).toBe("is undefined; write null for NULL");
    for (const number of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(whyRefused(number)).toMatch(/^is NaN or infinite/);
    }
    expect(whyRefused(new Date(Number.NaN))).toBe("is an invalid Date");
    expect(whyRefused("a\ud83d")).toMatch(/^holds half of a surrogate pair/);
    expect(whyRefused(() => 1)).toBe("is a function");
    expect(whyRefused(Symbol("x"))).toBe("is a symbol");
    expect(whyRefused(new Map())).toMatch(/^is a Map;/);
    expect(whyRefused(Promise.resolve(1))).toMatch(/^is a Promise;/);
    expect(whyRefused(new Float32Array(1))).toMatch(/^is a Float32Array;/);
    expect(whyRefused(new ArrayBuffer(1))).toMatch(/^is a ArrayBuffer;/);
    expect(whyRefused(Object(1))).toMatch(/^is a Number;/);
    expect(whyRefused(new (class Money {})())).toMatch(/^is a Money;/);
    expect(whyRefused(new (class {})())).toMatch(/^is a class instance;/);
    expect(whyRefused(sql.out("int"))).toBe("is made by sql.out, which cannot stand here");
    expect(whyRefused(sql.typed(sql.typed(1, "int"), "int"))).toBe("is made by sql.typed, which cannot stand here");
    expect(refusal("select $1", [sql`x`]).message).toContain("is an sql fragment, which is text and not a value");
  });

  it("never shows its value in the error", () => {
    class Secret {
      readonly value = "hunter2";
    }
    const cyclic: Record<string, unknown> = { password: "hunter2" };
    cyclic["self"] = cyclic;
    for (const value of [
      new Secret(),
      cyclic,
      { a: 1n, b: "hunter2" },
      "hunter2\ud800",
      { a: Number.NaN, b: "hunter2" },
    ]) {
      for (const error of [refusal(sql`select ${value}`), refusal("select :v", { v: value })]) {
        expect(error.message).not.toContain("hunter2");
        expect(inspect(error)).not.toContain("hunter2");
      }
    }
  });
});

describe("a plain object", () => {
  it("is sent as a JSON document", () => {
    const value = sent({ a: [1, null, "😀"], b: new Date(0) });
    expect(isJsonText(value)).toBe(true);
    expect(value).toMatchObject({ text: '{"a":[1,null,"😀"],"b":"1970-01-01T00:00:00.000Z"}' });
    expect(sent(Object.create(null))).toMatchObject({ text: "{}" });
    expect(sent({ toJSON: () => [1] })).toMatchObject({ text: "[1]" });
  });

  it("is refused when JSON cannot hold what it holds", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    expect(whyRefused(cyclic)).toMatch(/^cannot be written as JSON/);
    expect(whyRefused({ id: 1n })).toMatch(/^cannot be written as JSON/);
    expect(whyRefused({ a: { b: [Number.NaN] } })).toMatch(/^holds NaN or an infinite number/);
    expect(whyRefused({ toJSON: () => undefined })).toBe("has no JSON form");
  });
});

describe("an array", () => {
  it("is a value of its own where the engine has arrays, each element checked", () => {
    expect(sent([1, null, "a", [2n]])).toEqual([1, null, "a", [2n]]);
    expect(sent([])).toEqual([]);
    expect(sent([{ a: 1 }])).toMatchObject([{ text: '{"a":1}' }]);
    expect(refusal(sql`select ${[1, undefined]}`).message).toContain('parameter "1[1]" is undefined');
    expect(refusal("select :ids", { ids: [1, [Number.NaN]] }).message).toContain('parameter "ids[1][0]" is NaN');
    expect(refusal("select :ids", { ids: new Array(1) }).message).toContain('parameter "ids[0]" is undefined');
    expect(refusal("select :ids", { ids: [sql.typed(1, "int")] }).message).toContain("cannot stand here");
  });

  it("is refused elsewhere, with the way out", () => {
    for (const target of [sqlite, oracle]) {
      expect(whyRefused([1], target)).toContain("use sql.list for an IN list, or sql.json for a document");
    }
  });
});

describe("sql.json", () => {
  it("sends anything that JSON knows as a document", () => {
    for (const [value, text] of [
      [[1, 2], "[1,2]"],
      ["a", '"a"'],
      [null, "null"],
      [5, "5"],
    ] as const) {
      expect(sent(sql.json(value), sqlite)).toMatchObject({ text });
    }
  });

  it("takes the value as it is when it is called", () => {
    const document = { a: 1 };
    const parameter = sql.json(document);
    document.a = 2;
    expect(sent(parameter)).toMatchObject({ text: '{"a":1}' });
  });

  it("refuses what JSON does not know", () => {
    for (const value of [undefined, () => 1, Symbol("x")]) {
      expect(thrown(() => sql.json(value)).message).toBe("sql.json: the value has no JSON form");
    }
    expect(thrown(() => sql.json(1n)).message).toContain("cannot be written as JSON");
    expect(thrown(() => sql.json(Number.NaN)).message).toContain("NaN or an infinite number");
  });
});

describe("sql.typed and sql.varchar", () => {
  it("tell the driver the type, for the one value", () => {
    const statement = compile(
      sql`select ${1}, ${sql.varchar("a")}, ${sql.typed(null, "decimal(38,10)")}`,
      undefined,
      postgres,
    );
    expect(statement.values).toEqual([1, "a", null]);
    expect(Object.entries(statement.hints ?? [])).toEqual([
      ["1", { type: "varchar" }],
      ["2", { type: "decimal(38,10)" }],
    ]);
    const again = compile("select :a, :b, :a", { a: sql.varchar("x"), b: 2 }, sqlite);
    expect(again.values).toEqual(["x", 2, "x"]);
    expect(Object.keys(again.hints ?? [])).toEqual(["0", "2"]);
  });

  it("keep hints out of statements that have none, also when the template is the same", () => {
    const statement = (value: SqlValue) => sql`select ${value}`;
    expect(compile(statement(sql.varchar("x")), undefined, postgres).hints).toEqual([{ type: "varchar" }]);
    expect(compile(statement("x"), undefined, postgres)).not.toHaveProperty("hints");
    expect(compile(statement(sql.varchar("y")), undefined, postgres).hints).toEqual([{ type: "varchar" }]);
  });

  it("take the name of a type and nothing else", () => {
    const names = [
      "int",
      "decimal(38,10)",
      "decimal(38, 10)",
      "number(10,-2)",
      "varchar(max)",
      "varchar2(20 char)",
      "double precision",
      "timestamp(3) with time zone",
      "timestamp with local time zone",
      "interval day(2) to second(3)",
      "character varying(20)",
      "integer[]",
      "text[3][]",
      "dbo.order_list",
      "größe",
      "long raw",
    ];
    for (const name of names) expect(sql.typed(1, name).type).toBe(name);
    const wrong = [
      "",
      " ",
      "int; drop table t",
      "int) , (select 1",
      "int union select a from b",
      "a'b",
      'a"b',
      "int--",
      "1",
      "int(",
      5,
    ];
    for (const name of [...wrong, undefined, `a${"b".repeat(300)}`]) {
      expect(() => sql.typed(1, name as never)).toThrow(/no name of a type/);
      expect(() => sql.out(name as never)).toThrow(/no name of a type/);
      expect(() => sql.inout(name as never, 1)).toThrow(/no name of a type/);
    }
  });

  it("refuse a value that could not be sent by itself", () => {
    expect(refusal(sql`select ${sql.typed(undefined as never, "int")}`).message).toContain("parameter 1 is undefined");
    expect(refusal("select :a", { a: sql.varchar("\ud800") }).message).toContain('parameter "a" holds half');
  });
});
