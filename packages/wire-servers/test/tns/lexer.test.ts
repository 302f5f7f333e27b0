import { describe, expect, it } from "vitest";
import { OracleError } from "../../src/tns/engine/oracle-error.ts";
import { tokenize } from "../../src/tns/engine/sql/lexer.ts";

const tokens = (text: string) =>
  tokenize(text)
    .slice(0, -1)
    .map(({ kind, value }) => `${kind} ${value}`);

describe("the lexer", () => {
  it.each([
    ["Select a_1$# from Ünïcode", ["word SELECT", "word A_1$#", "word FROM", "word ÜNÏCODE"]],
    ['"Mixed ""case"', ["quoted Mixed ", "quoted case"]],
    ["'it''s' n'x' q'[it's]' q'!a''b!' Nq'{x}'", ["string it's", "string x", "string it's", "string a''b", "string x"]],
    [
      "1 1.5 .5 1e-3 2f 1..3",
      ["number 1", "number 1.5", "number .5", "number 1e-3", "number 2f", "number 1", "symbol ..", "number 3"],
    ],
    [":1 :name : spaced :=x", ["bind 1", "bind NAME", "bind SPACED", "symbol :=", "word X"]],
    ["a--b\nc/*d*//**/e", ["word A", "word C", "word E"]],
    [
      "a||b<>c!=d^=e=>f",
      [
        "word A",
        "symbol ||",
        "word B",
        "symbol <>",
        "word C",
        "symbol !=",
        "word D",
        "symbol ^=",
        "word E",
        "symbol =>",
        "word F",
      ],
    ],
    ["''", ["string "]],
  ])("%s", (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });

  it.each([
    ["select 'open", 1756, 7],
    ['select "open', 1740, 7],
    ['select ""', 1741, 7],
    ["select 'ä', ?", 911, 13],
  ])("%s is ORA-%i at byte %i", (text, number, position) => {
    let error: unknown;
    try {
      tokenize(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OracleError);
    expect(error).toMatchObject({ number, position });
  });

  it("takes a text of a megabyte", () => {
    const text = `select ${Array.from({ length: 50_000 }, (_, index) => `'value ${index}' as c${index}`).join(", ")} from dual`;
    expect(tokenize(text).length).toBeGreaterThan(150_000);
  });
});
