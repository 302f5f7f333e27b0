import { describe, expect, it } from "vitest";
import { compileCall, sql } from "../../src/sql/index.ts";
import { mssql, oracle, postgres, thrown } from "./dialects.ts";

describe("a procedure call", () => {
  it("keeps names, order, directions and types", () => {
    const call = compileCall(
      "sales.Transfer",
      {
        "@from": 1,
        to: sql.typed("2", "bigint"),
        balance: sql.out("decimal(38,10)"),
        note: sql.inout("varchar(20)", "x"),
      },
      mssql,
    );
    expect(call).toEqual({
      procedure: ["sales", "Transfer"],
      parameters: [
        { name: "from", value: 1 },
        { name: "to", direction: "in", type: "bigint", value: "2" },
        { name: "balance", direction: "out", type: "decimal(38,10)", value: null },
        { name: "note", direction: "inout", type: "varchar(20)", value: "x" },
      ],
    });
    expect(compileCall("transfer", undefined, oracle)).toEqual({ procedure: ["TRANSFER"], parameters: [] });
    expect(compileCall(sql.identifier("Transfer"), {}, postgres).procedure).toEqual(["Transfer"]);
    expect(compileCall("p", { document: { a: 1 } }, postgres).parameters[0]?.value).toMatchObject({ text: '{"a":1}' });
  });

  it("refuses what is no name, since names go into the text", () => {
    for (const name of ["", "@", "a b", "a=>1", "a;b", "1", "a'", "@@a"]) {
      expect(thrown(() => compileCall("p", { [name]: 1 }, postgres)).message).toContain("is no name of a parameter");
    }
    expect(thrown(() => compileCall("p; drop table t", {}, postgres)).message).toContain(
      "is no name of a table or procedure",
    );
  });

  it("refuses values that cannot be sent, naming the parameter", () => {
    expect(thrown(() => compileCall("p", { a: undefined }, postgres)).message).toBe(
      'orders (postgres): parameter "a" is undefined; write null for NULL',
    );
    expect(thrown(() => compileCall("p", { a: sql.inout("int", undefined as never) }, postgres)).message).toContain(
      '"a" is undefined',
    );
    expect(thrown(() => compileCall("p", { a: sql`x` }, postgres)).message).toContain("sql fragment");
    expect(thrown(() => compileCall("p", [1] as never, postgres)).message).toContain(
      "are an object with their names, not an array",
    );
    expect(thrown(() => compileCall("p", null as never, postgres)).message).toContain("not null");
  });
});
