import { describe, expect, it } from "vitest";
import { splitScript } from "../src/script.ts";
import { statementKind } from "../src/statement-kind.ts";
import { tokens } from "../src/tokens.ts";

describe("splitScript", () => {
  it("cuts at semicolons, and leaves out what holds no statement", () => {
    expect(splitScript("select 1; select 2")).toEqual(["select 1", " select 2"]);
    expect(splitScript(";; -- nothing\n /* ; */ ;select 1;; ")).toEqual(["select 1"]);
    expect(splitScript("")).toEqual([]);
    expect(splitScript(" -- only this")).toEqual([]);
  });

  it("does not cut inside strings, quoted names and comments", () => {
    for (const text of [
      "select 'a;''b;'",
      'select ";" from t',
      "select `;`",
      "select [;]",
      "select 1 /* ; */ + 1 -- ;",
    ]) {
      expect(splitScript(text)).toEqual([text]);
    }
  });

  it("keeps a trigger in one piece, with the CASE inside it", () => {
    const trigger =
      "create temp trigger if not exists a after insert on t begin update t set x = case when 1 then 2 else 3 end; delete from u; end";
    expect(splitScript(`${trigger}; select 1`)).toEqual([trigger, " select 1"]);
    expect(splitScript(`explain query plan ${trigger}; select 1`)).toHaveLength(2);
    expect(splitScript("create table trigger_log (a); select 1")).toHaveLength(2);
  });

  it("leaves what is not finished in one piece, for the engine to refuse", () => {
    for (const text of [
      "select 'open; select 2",
      "select /* open; select 2",
      "create trigger a begin select 1; select 2",
    ]) {
      expect(splitScript(text)).toEqual([text]);
    }
  });
});

describe("tokens", () => {
  it("cover every character of a text, whatever it is", () => {
    for (const text of [
      "select a$b, $c, :d, @e, ?12 from \u{1f600}t",
      "'open",
      "[open",
      "`open",
      "/* open",
      "\u0000;;",
      "--",
    ]) {
      expect([...tokens(text)].map(({ start, end }) => text.slice(start, end)).join("")).toBe(text);
    }
  });
});

describe("statementKind", () => {
  it("finds the first word behind comments and in any case", () => {
    expect(statementKind("/* a */ -- b\n  InSeRt into t").counted).toBe(true);
    expect(statementKind("commit").control).toBe(true);
    expect(statementKind("drop table t").schema).toBe(true);
    expect(statementKind("pragma foreign_keys = off")).toMatchObject({ session: true, reusable: false });
  });

  it("takes most care with what it does not know", () => {
    expect(statementKind("frobnicate")).toMatchObject({ schema: true, session: true, reusable: false });
    expect(statementKind("")).toMatchObject({ schema: true, session: true, reusable: false });
  });
});
