import { describe, expect, it } from "vitest";
import { parseTableName, quoteIdentifier, resolveIdentifier, sql } from "../../src/sql/index.ts";
import { mssql, oracle, postgres, sqlite, targets, thrown } from "./dialects.ts";

describe("a table's name as text", () => {
  it("is read as in SQL: folded by the engine unless it is quoted", () => {
    expect(parseTableName("Sales.Orders", postgres)).toEqual(["sales", "orders"]);
    expect(parseTableName("Sales.Orders", oracle)).toEqual(["SALES", "ORDERS"]);
    expect(parseTableName("Sales.Orders", mssql)).toEqual(["Sales", "Orders"]);
    expect(parseTableName("Orders", sqlite)).toEqual(["Orders"]);
    expect(parseTableName('"Sales"."My.""Orders"', postgres)).toEqual(["Sales", 'My."Orders']);
    expect(parseTableName('[Sales].[My]]Orders]."x"', mssql)).toEqual(["Sales", "My]Orders", "x"]);
    expect(parseTableName(" größe_1 ", postgres)).toEqual(["größe_1"]);
    expect(parseTableName("ÄNDERUNG", postgres)).toEqual(["Änderung"]);
    expect(parseTableName("#temp", mssql)).toEqual(["#temp"]);
    expect(parseTableName('"users"', oracle)).toEqual(["users"]);
  });

  it("is refused when it is no name", () => {
    const wrong = [
      "",
      " ",
      ".",
      "a.",
      ".a",
      "a..b",
      "a b",
      "a;drop table b",
      "a.(select 1)",
      '"a',
      '""',
      '"a"b',
      "[a]",
      "1a",
      "a-b",
      "a'",
    ];
    for (const name of wrong) expect(thrown(() => parseTableName(name, postgres)).code).toBe("MDB_PARAMETER");
    expect(thrown(() => parseTableName("a;b", postgres)).message).toBe(
      'orders (postgres): "a;b" is no name of a table or procedure; quote its parts, or use sql.identifier',
    );
    expect(thrown(() => parseTableName(5 as never, postgres)).message).toContain("not by a number");
    expect(thrown(() => parseTableName(sql`users` as never, postgres)).message).toContain("not by another fragment");
    expect(thrown(() => parseTableName("a".repeat(64), postgres)).message).toContain("has 64 bytes");
    expect(thrown(() => parseTableName('"a\0"', postgres)).message).toContain("NUL");
  });
});

describe("a table's name as sql.identifier", () => {
  it("is exact, but folded where a simple lower-case name means the folded one", () => {
    for (const target of [postgres, sqlite, mssql]) {
      expect(parseTableName(sql.identifier("sales", "My.Orders"), target)).toEqual(["sales", "My.Orders"]);
    }
    expect(parseTableName(sql.identifier("sales", "My.Orders"), oracle)).toEqual(["SALES", "My.Orders"]);
  });
});

describe("resolving and quoting", () => {
  it("give back the name that the engine stores", () => {
    for (const target of targets) {
      const parts = parseTableName("sales.orders", target);
      expect(parseTableName(quoteIdentifier(parts, target.dialect), target)).toEqual(parts);
    }
    expect(resolveIdentifier(["id", "Name"], oracle)).toEqual(["ID", "Name"]);
    expect(quoteIdentifier(["id"], oracle.dialect)).toBe('"id"');
    expect(thrown(() => resolveIdentifier([""], postgres)).message).toContain("an empty part");
  });

  it("refuse a name with the closing quote where the engine can hold none", () => {
    expect(thrown(() => resolveIdentifier(['id" "name'], oracle)).message).toContain("which this engine cannot quote");
    expect(thrown(() => parseTableName('"a""b"', oracle)).code).toBe("MDB_PARAMETER");
    expect(resolveIdentifier(['a"b'], postgres)).toEqual(['a"b']);
  });
});
