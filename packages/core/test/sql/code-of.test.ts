import { describe, expect, it } from "vitest";
import { codeOf } from "../../src/sql/index.ts";
import { mysql, postgres } from "./dialects.ts";

describe("the code of a text", () => {
  it.each([
    ["SELECT 1", "select 1"],
    ["Set /* local */ x = 'Local'", "set   x = ''"],
    ["commit -- ; begin\n; begin", "commit  \n; begin"],
    ["do $body$ begin; $body$ LANGUAGE plpgsql", "do '' language plpgsql"],
    ["select E'it\\'s; set x', \"Set_Config\"(1)", "select e'', \"Set_Config\"(1)"],
    ['select "a; commit" from "b""c"', 'select "" from ""'],
    ["select 'open", "select ''"],
    ["", ""],
  ])("is what stands outside of strings and comments: %s", (text, code) => {
    expect(codeOf(text, postgres.dialect)).toBe(code);
  });

  it.each([
    ["/*!40101 SET @x = 1 */; # begin\nset 'a\\'b'", "  set @x = 1  ;  \nset ''"],
    ["5--x -- commit", "5--x  "],
  ])("is also what stands in a comment that is run: %s", (text, code) => {
    expect(codeOf(text, mysql.dialect)).toBe(code);
  });
});
