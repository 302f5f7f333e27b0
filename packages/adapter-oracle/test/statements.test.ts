import type { CallParameter, DriverConnection, ResultSet } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

const server = testServer();
const soon = () => ({ deadline: performance.now() + 20_000 });
let connection: DriverConnection;

beforeAll(async () => {
  connection = await connected(server, { fetchArraySize: 10 });
});
afterAll(() => connection.close(soon()));

async function call(procedure: string, ...parameters: readonly CallParameter[]): Promise<ResultSet> {
  const result = await connection.call?.({ procedure: [procedure], parameters }, soon());
  if (result === undefined) throw new Error("there are no procedures");
  return result;
}

describe("calls", () => {
  it("give what a function returns, by a parameter of that name", async () => {
    await run(connection, "create function twice(x in number) return number as begin return x * 2; end;");
    const result = await call(
      "TWICE",
      { name: "x", value: "0.1" },
      { name: "return", value: null, direction: "out", type: "number" },
    );
    expect(result).toMatchObject({ returnValue: "0.2", returnType: "dynamic" });
    const whole = await call(
      "TWICE",
      { name: "x", value: 21 },
      { name: "return", value: null, direction: "out", type: "number" },
    );
    expect(whole.returnValue).toBe(42n);
  });

  it("give the rows of cursors, in the order of the parameters, and those returned without one", async () => {
    await run(
      connection,
      `create procedure several(one out sys_refcursor, two out sys_refcursor) as
       three sys_refcursor;
       begin
         open two for select 'two' as name from dual;
         open one for select level as n from dual connect by level <= 25;
         open three for select 'three' as name from dual;
         dbms_sql.return_result(three);
       end;`,
    );
    const first = await call(
      "SEVERAL",
      { name: "one", value: null, direction: "out", type: "sys_refcursor" },
      { name: "two", value: null, direction: "out", type: "sys_refcursor" },
    );
    expect(first.rows).toHaveLength(25);
    expect(first.columns.map(({ name }) => name)).toEqual(["N"]);
    expect(first.next?.rows).toEqual([["two"]]);
    expect(first.next?.next?.rows).toEqual([["three"]]);
    expect(first.next?.next?.next).toBeUndefined();
  });

  it("carry texts, dates and bytes both ways", async () => {
    await run(
      connection,
      `create procedure echo(t in out varchar2, d in out date, c out clob) as
       begin
         t := t || '!';
         d := d + 1;
         c := rpad('x', 5000, 'y');
       end;`,
    );
    const { out, outTypes } = await call(
      "ECHO",
      { name: "t", value: "\u{1f600}", direction: "inout" },
      { name: "d", value: new Date("2026-02-28T12:00:00Z"), direction: "inout", type: "date" },
      { name: "c", value: null, direction: "out", type: "clob" },
    );
    expect(out).toEqual({
      t: "\u{1f600}!",
      d: "2026-03-01 12:00:00",
      c: `x${"y".repeat(4999)}`,
    });
    expect(outTypes).toEqual({ t: "string", d: "timestamp", c: "string" });
  });

  it("read their cursors before they commit, which empties temporary tables, and leave nothing where reading fails", async () => {
    await run(connection, "create global temporary table seen_once (n number(3)) on commit delete rows");
    await run(connection, "create table seen (n number(3))");
    await run(
      connection,
      `create procedure fill(result out sys_refcursor) as
       begin
         insert into seen_once values (1);
         insert into seen values (1);
         open result for select n from seen_once;
       end;`,
    );
    const result = { name: "result", value: null, direction: "out", type: "sys_refcursor" } as const;
    expect((await call("FILL", result)).rows).toEqual([["1"]]);
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, "select n from seen_once")).toEqual([]);
    expect(await rows(connection, "select n from seen")).toEqual([["1"]]);
    if (!server.isOwn) return;
    await run(
      connection,
      `create procedure fill_long(result out sys_refcursor) as
       begin
         insert into seen values (2);
         open result for select level as n from dual connect by level <= 5000;
       end;`,
    );
    server.own.script.once("FETCH", { kind: "error", number: 1555, words: "snapshot too old" });
    expect(await failureOf(() => call("FILL_LONG", result))).toMatchObject({ code: "ORA-01555" });
    expect(connection.txStatus).toBe("idle");
    expect(await rows(connection, "select n from seen")).toEqual([["1"]]);
  });

  it("fail as a whole: what was done before the failure is undone", async () => {
    await run(connection, "create table steps (n number(5))");
    await run(
      connection,
      `create procedure half as
       begin
         insert into steps values (1);
         raise_application_error(-20042, 'no further');
       end;`,
    );
    const failure = await failureOf(() => call("HALF"));
    expect(failure).toMatchObject({ kind: "other", code: "ORA-20042" });
    expect(await rows(connection, "select n from steps")).toEqual([]);
    expect(connection.txStatus).toBe("idle");
  });
});

describe("many sets", () => {
  it("name the one that failed, across round trips, and leave the rest to the rollback", async () => {
    await run(connection, "create table many (id number(6) primary key, note varchar2(20))");
    const sets = Array.from({ length: 4500 }, (_, index) => [
      index === 4321 ? 7 : index,
      index % 3 === 0 ? null : `n${index}`,
    ]);
    await connection.begin({});
    const error = await Promise.resolve(
      connection.executeMany?.("insert into many values (:1, :2)", sets, soon()),
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ parameterSetIndex: 4321 });
    await connection.rollback();
    expect(await rows(connection, "select count(*) from many")).toEqual([[0n]]);
  });

  it("run a block of PL/SQL as often, and fail with the first of them", async () => {
    await run(connection, "create table noted (n number(3) check (n < 10))");
    await run(connection, "create procedure note(n in number) as begin insert into noted values (n); end;");
    await connection.begin({});
    await connection.executeMany?.("begin note(:1); end;", [[1], [2], [3]], soon());
    await connection.commit();
    expect(await rows(connection, "select count(*), sum(n) from noted")).toEqual([[3n, 6n]]);
    await connection.begin({});
    const failing = () => Promise.resolve(connection.executeMany?.("begin note(:1); end;", [[4], [50], [5]], soon()));
    expect(await failureOf(failing)).toMatchObject({ kind: "check", code: "ORA-02290" });
    await connection.rollback();
    expect(await rows(connection, "select count(*) from noted")).toEqual([[3n]]);
  });

  it("may differ in their types", async () => {
    await run(connection, "create table mixed (v varchar2(40))");
    await connection.begin({});
    const sets = [["1"], [2], [null], [3.5], ["four"], [5n], [""]];
    expect(await connection.executeMany?.("insert into mixed values (:1)", sets, soon())).toEqual({ affected: 7 });
    await connection.commit();
    expect(await rows(connection, "select v from mixed where v is not null order by v")).toEqual([
      ["1"],
      ["2"],
      ["3.5"],
      ["5"],
      ["four"],
    ]);
  });
});

describe("streams", () => {
  it("read batches of the size asked for, and can end early", async () => {
    const stream = connection.stream?.(
      { text: "select level as n from dual connect by level <= 95", values: [] },
      { fetchSize: 30, ...soon() },
    );
    const sizes: number[] = [];
    for (let batch = await stream?.read(); batch; batch = await stream?.read()) sizes.push(batch.length);
    expect(sizes).toEqual([30, 30, 30, 5]);
    const early = connection.stream?.(
      { text: "select level as n from dual connect by level <= 95", values: [] },
      { fetchSize: 30, ...soon() },
    );
    await early?.read();
    await early?.close();
    expect(await rows(connection, "select 1 from dual")).toHaveLength(1);
  });

  it("go on across other statements on the same connection, and across a commit", async () => {
    const stream = connection.stream?.(
      { text: "select level as n from dual connect by level <= 50", values: [] },
      { fetchSize: 20, ...soon() },
    );
    expect(await stream?.read()).toHaveLength(20);
    await run(connection, "create table between_reads (n number(1))");
    await run(connection, "insert into between_reads values (1)");
    expect(await stream?.read()).toHaveLength(20);
    expect(await stream?.read()).toHaveLength(10);
    await stream?.close();
  });
});

describe("RETURNING", () => {
  it("gives the rows of an UPDATE of several", async () => {
    await run(
      connection,
      "create table paid (id number(5) generated always as identity primary key, amount number(12, 2), note clob)",
    );
    for (const amount of ["1.10", "2.20", "3.30"])
      await run(connection, "insert into paid (amount, note) values (:1, 'n')", [amount]);
    const { columns } = await run(connection, "select id, amount, note from paid where 1 = 0");
    const { rows: returned, affected } = await connection.query(
      {
        text: "update paid set amount = amount + 10 where id > :1 returning id, amount, note into :2, :3, :4",
        values: [1],
        returning: columns,
      },
      soon(),
    );
    expect(affected).toBe(2);
    // The server keeps no zeros at the end of a number.
    expect(returned).toEqual([
      ["2", "12.2", "n"],
      ["3", "13.3", "n"],
    ]);
  });

  it("refuses a value for an identity that is always generated", async () => {
    expect(await failureOf(() => run(connection, "insert into paid (id) values (1)"))).toMatchObject({
      kind: "value",
      code: "ORA-32795",
    });
  });
});
