import { describe, expect, it } from "vitest";
import { targetAttributes } from "../src/target-attributes.ts";

describe("where a database is", () => {
  it.each([
    [
      "postgres",
      { address: "db.example.org:5432", database: "shop" },
      "postgresql",
      "shop",
      "db.example.org",
      undefined,
    ],
    ["postgres", { address: "[::1]:6432", database: "shop", schema: "acme" }, "postgresql", "shop|acme", "::1", 6432],
    ["postgres", { address: "/run/postgresql", database: "shop" }, "postgresql", "shop", "/run/postgresql", undefined],
    ["mssql", { address: "db1:1433", database: "shop" }, "microsoft.sql_server", "shop", "db1", undefined],
    ["mssql", { address: "db1\\sales", database: "shop" }, "microsoft.sql_server", "sales|shop", "db1", undefined],
    ["mssql", { address: "db1\\sales" }, "microsoft.sql_server", "sales", "db1", undefined],
    ["mariadb", { address: "db1:3306", database: "shop" }, "mariadb", "shop", "db1", undefined],
    ["mysql", { address: "db1:3307", database: "shop" }, "mysql", "shop", "db1", 3307],
    ["oracle", { address: "db1:1521", database: "sales" }, "oracle.db", undefined, "db1", undefined],
    ["oracle", { address: "db1:1522", database: "sales", uniqueName: "ORCL" }, "oracle.db", "ORCL", "db1", 1522],
    ["sqlite", { address: "/data/shop.sqlite" }, "sqlite", "shop.sqlite", undefined, undefined],
    ["sqlite", { address: ":memory:" }, "sqlite", undefined, undefined, undefined],
    ["duckdb", { address: "db1:99", database: "shop" }, "duckdb", "shop", "db1", 99],
  ] as const)("of %s at %j", (engine, target, system, namespace, address, port) => {
    const { "db.system.name": name, "db.namespace": space, ...rest } = targetAttributes(engine, target);
    expect([name, space, rest["server.address"], rest["server.port"]]).toEqual([system, namespace, address, port]);
  });

  it("is made once for each place", () => {
    const target = { address: "db1:5432", database: "shop" };
    expect(targetAttributes("postgres", target)).toBe(targetAttributes("postgres", target));
  });
});
