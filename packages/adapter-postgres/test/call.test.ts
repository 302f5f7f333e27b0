import type { CallParameter, ResultSet } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin } from "./support/server.ts";

const schema = uniqueName("call");

beforeAll(() =>
  asAdmin(
    `
    create schema ${schema};
    create table ${schema}.log (entry text);
    create procedure ${schema}.transfer(a int, inout b int8, out total numeric, c text default 'x') language plpgsql as $$
      begin
        insert into ${schema}.log values (c);
        total := a + b + 0.50;
        b := b * 2;
      end $$;
    create procedure ${schema}.quiet(n int) language sql as $$ insert into ${schema}.log values (n::text) $$;
    create function ${schema}.twice(n int8) returns int8 language sql as $$ select n * 2 $$;
    create function ${schema}.both(n int, out double int, out at timestamptz) language sql as
      $$ select n * 2, '2024-02-29 12:00+00'::timestamptz $$;
    create function ${schema}.series(n int) returns table (i int, t text) language sql as
      $$ select g, 'row ' || g from generate_series(1, n) g $$;
    create function ${schema}.one_log() returns ${schema}.log language sql as $$ select row('it')::${schema}.log $$;
    create function ${schema}.nothing() returns void language sql as $$ select $$;
    create function ${schema}.unnamed(int, int) returns int language sql as $$ select $1 - $2 $$;
    create function ${schema}.many(variadic numbers int[]) returns int language sql as $$ select cardinality(numbers) $$;
    create function ${schema}."Mixed Case"("Strange Name" int) returns int language sql as $$ select "Strange Name" $$;
    create function ${schema}.over(a int) returns text language sql as $$ select 'a' $$;
    create function ${schema}.over(b text) returns text language sql as $$ select 'b' $$
  `,
  ),
);
afterAll(() => asAdmin(`drop schema ${schema} cascade`));

const call = async (name: string, parameters: readonly CallParameter[], more = {}): Promise<ResultSet> =>
  (await connected(more)).call({ procedure: [schema, name], parameters }, soon());

describe("call", () => {
  it("runs a procedure with parameters by name, in any order, and gives its outputs", async () => {
    const result = await call("transfer", [
      { name: "total", value: null, direction: "out" },
      { name: "b", value: 2, direction: "inout" },
      { name: "a", value: 1 },
    ]);
    expect(result).toMatchObject({ columns: [], rows: [], out: { b: 4, total: "3.50" } });
    expect(result.outTypes).toEqual({ b: "integer", total: "decimal" });
  });

  it("gives a procedure's outputs also where nobody has asked for them", async () => {
    const { out } = await call("transfer", [
      { name: "a", value: 1 },
      { name: "b", value: 2 },
      { name: "c", value: "given" },
    ]);
    expect(out).toEqual({ b: 4, total: "3.50" });
  });

  it("runs a procedure without outputs", async () => {
    const { out, rows } = await call("quiet", [{ name: "n", value: 5 }]);
    expect(out).toEqual({});
    expect(rows).toEqual([]);
  });

  it("runs in the transaction that is open", async () => {
    const connection = await connected();
    connection.begin({});
    const count = `select count(*) from ${schema}.log where entry = '4711'`;
    await connection.call({ procedure: [schema, "quiet"], parameters: [{ name: "n", value: 4711 }] }, soon());
    expect(await value(connection, count)).toBe(1);
    await connection.rollback();
    expect(await value(connection, count)).toBe(0);
  });

  it("gives what a function returns: a value, outputs, rows, a row, nothing", async () => {
    expect(await call("twice", [{ name: "n", value: 21n }])).toMatchObject({
      returnValue: 42,
      returnType: "integer",
      rows: [],
    });
    expect((await call("both", [{ name: "n", value: 1 }])).out).toMatchObject({ double: 2, at: expect.any(String) });
    const rows = await call("series", [{ name: "n", value: 2 }]);
    expect(rows.columns.map(({ name }) => name)).toEqual(["i", "t"]);
    expect(rows.rows).toEqual([
      [1, "row 1"],
      [2, "row 2"],
    ]);
    expect((await call("one_log", [])).rows).toEqual([["it"]]);
    expect((await call("nothing", [])).returnValue).toBeNull();
  });

  it("finds parameters whatever their case, without names, variadic, and overloaded by their names", async () => {
    expect((await call("TWICE".toLowerCase(), [{ name: "N", value: 1 }])).returnValue).toBe(2);
    expect((await call("Mixed Case", [{ name: "Strange Name", value: 1 }])).returnValue).toBe(1);
    const pair = [
      { name: "x", value: 5 },
      { name: "y", value: 3 },
    ];
    expect((await call("unnamed", pair)).returnValue).toBe(2);
    expect((await call("many", [{ name: "numbers", value: [1, 2, 3] }])).returnValue).toBe(3);
    expect((await call("over", [{ name: "b", value: "x" }])).returnValue).toBe("b");
    expect((await call("over", [{ name: "a", value: 1 }])).returnValue).toBe("a");
  });

  it("finds a routine on the search path, and forgets one that was replaced", async () => {
    const connection = await connected({ schema });
    const name = uniqueName("fresh");
    await run(connection, `create function ${name}(n int) returns int language sql as 'select n'`);
    const ask = () => connection.call({ procedure: [name], parameters: [{ name: "n", value: 1 }] }, soon());
    expect((await ask()).returnValue).toBe(1);
    await run(connection, `drop function ${name}; create procedure ${name}(n int) language sql as 'select n'`);
    await failure(ask);
    expect((await ask()).out).toEqual({});
  });

  it("says what does not exist, and what does not fit", async () => {
    expect((await failure(() => call("missing", []))).info.kind).toBe("undefined-object");
    expect((await failure(() => call("twice", [{ name: "wrong", value: 1 }]))).info.kind).toBe("undefined-object");
    expect((await failure(() => call("twice", [{ name: "n", value: "x" }]))).info.kind).toBe("value");
    expect((await failure(() => call("twice", [{ name: 'n"; drop table x; --', value: 1 }]))).info.kind).toBe(
      "undefined-object",
    );
  });
});
