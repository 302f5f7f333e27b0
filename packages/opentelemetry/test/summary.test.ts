import { describe, expect, it } from "vitest";
import { withoutLiterals } from "../src/sql-words.ts";
import { operationOf, summaryOf } from "../src/summary.ts";

describe("a summary", () => {
  it.each([
    ["select * from wuser_table where username = 'x from y'", "select wuser_table"],
    [
      "insert into shipping_details (order_id, address) select order_id, address from orders where order_id = ?",
      "insert shipping_details select orders",
    ],
    [
      "select order_date from (select * from orders o join customers c on o.customer_id = c.customer_id)",
      "select select orders customers",
    ],
    ["SELECT * FROM \"song list\", 'artists'", 'SELECT "song list"'],
    ["select * from songs, artists a, public.albums where a.id = 1, 2", "select songs artists public.albums"],
    ['update "song list" set a = 1', 'update "song list"'],
    ["with x as (select 1 from a) delete from b using x", "select a delete b x"],
    ["call p(1)", "call p"],
    ["delete from orders where id in (select id from old)", "delete orders select old"],
    ["create table if not exists app.t (id int)", "create app.t"],
    ["drop index concurrently i", "drop i"],
    ["select extract(year from created) from orders for update of orders", "select orders"],
    ["insert into t values (1) on conflict do update set a = 1", "insert t"],
    ["merge into t using s on (1 = 1) when matched then update set a = 1", "merge t s"],
    ["-- delete from a\nselect /* from b */ 1", "select"],
    ["nonsense", ""],
  ])("of %s", (text, summary) => expect(summaryOf("postgres", text)).toBe(summary));

  it("is at most 255 characters long, and ends with a whole word", () => {
    const text = `select 1 from ${Array.from({ length: 100 }, (_, at) => `table_${at}`).join(", ")}`;
    const summary = summaryOf("postgres", text);
    expect(summary.length).toBeLessThanOrEqual(255);
    expect(summary).toMatch(/ table_\d+$/);
  });

  it("of a text whose names may be many is its operation", () => {
    expect(operationOf("postgres", "/* x */ SELECT 1 from t")).toBe("SELECT");
  });
});

describe("a text without its literals", () => {
  it.each([
    ["postgres", "select 'a''b', 1.5e3, E'\\'x', $$se'cret$$, $t$x$t$ -- word\nfrom t1 where a = $1"],
    ["mysql", "select 'it\\'s', \"double\", 0xFF, 12 from t1 where `a` = ?"],
    ["oracle", "select q'[it's]', q'!x!', 12 from t1"],
    ["mssql", "select N'x', [col 1], 12 from t1 where a = @p1"],
    ["sqlite", "select 'open, 1 from t1"],
  ])("on %s", (engine, text) => {
    const kept = withoutLiterals(engine, text);
    for (const secret of ["a''b", "se'cret", "x'", "it", "double", "0xFF", "12", "1.5", "word", "open"]) {
      expect(kept).not.toContain(secret);
    }
    if (engine !== "sqlite") expect(kept).toContain("t1");
  });
});
