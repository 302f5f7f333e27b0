import oracledb from "oracledb";
import { beforeAll, describe, expect, it } from "vitest";
import { failureOf, rowsOf, useServer } from "./support/client.ts";

const client = useServer();
let connection: oracledb.Connection;
beforeAll(async () => {
  connection = await client.connect();
});

const query = (text: string, binds?: oracledb.BindParameters) => rowsOf(connection, text, binds);

describe("binds", () => {
  it("of every type come back as they went", async () => {
    const date = new Date(2026, 1, 28, 13, 14, 15, 678);
    const bytes = Buffer.from([0, 1, 255]);
    const { rows } = await connection.execute<unknown[]>(
      "select :a as a, :b + 0 as b, :c as c, :d as d, :e as e, :f as f from dual",
      {
        a: "\u{1f600} text",
        b: 1.25,
        c: date,
        d: bytes,
        e: { type: oracledb.DB_TYPE_BINARY_DOUBLE, val: 1e300 },
        f: { type: oracledb.DB_TYPE_TIMESTAMP_TZ, val: date },
      },
    );
    expect(rows).toEqual([["\u{1f600} text", 1.25, date, bytes, 1e300, date]]);
  });

  it("too few of them is ORA-01008", async () => {
    expect(await failureOf(() => connection.execute("select :1, :2 from dual", [1]))).toMatchObject({
      message: expect.stringMatching(/ORA-01008|NJS-098/),
    });
  });

  it("longer than a VARCHAR2 go into a CLOB or BLOB", async () => {
    await connection.execute("create table big (id number(2), text clob, bytes blob)");
    const text = "\u{1f600}ä".repeat(40_000);
    const bytes = Buffer.alloc(200_000, "abc\0");
    await connection.execute("insert into big values (1, :1, :2)", [text, bytes]);
    expect(await query("select text, bytes from big")).toEqual([[text, bytes]]);
  });
});

describe("LOBs", () => {
  it("are read in pieces by their locators", async () => {
    const { rows } = await connection.execute<oracledb.Lob[]>("select text, bytes from big");
    const [clob, blob] = rows?.[0] ?? [];
    const text = await clob?.getData();
    expect(typeof text === "string" && text.length).toBe(3 * 40_000);
    expect(await blob?.getData()).toEqual(Buffer.alloc(200_000, "abc\0"));
    const chunks: string[] = [];
    const { rows: again } = await connection.execute<oracledb.Lob[]>("select text from big");
    const stream = again?.[0]?.[0];
    stream?.setEncoding("utf8");
    for await (const chunk of stream ?? []) chunks.push(String(chunk));
    expect(chunks.join("")).toBe(text);
  });

  it("are written through temporary ones", async () => {
    const lob = await connection.createLob(oracledb.CLOB);
    await new Promise<void>((resolve, reject) => {
      lob.on("finish", resolve);
      lob.on("error", reject);
      lob.write("first, ");
      lob.end("then");
    });
    await connection.execute("insert into big (id, text) values (2, :1)", [lob]);
    expect(await query("select text from big where id = 2")).toEqual([["first, then"]]);
    await lob.close();
  });
});

describe("RETURNING INTO", () => {
  it("gives the values of one row, of several and of none", async () => {
    await connection.execute(
      "create table made (id number(5) generated always as identity, name varchar2(9), at timestamp(3) default systimestamp)",
    );
    const text = "insert into made (name) values (:1) returning id, name into :2, :3";
    const out = { dir: oracledb.BIND_OUT, type: oracledb.STRING };
    expect((await connection.execute(text, ["a", out, out])).outBinds).toEqual([["1"], ["a"]]);
    expect((await connection.execute(text, ["b", out, out])).outBinds).toEqual([["2"], ["b"]]);
    const updated = await connection.execute(
      "update made set name = name || '!' where id > :1 returning name, at into :2, :3",
      [0, out, { dir: oracledb.BIND_OUT, type: oracledb.DB_TYPE_TIMESTAMP }],
    );
    expect(updated.rowsAffected).toBe(2);
    expect(updated.outBinds).toEqual([
      ["a!", "b!"],
      [expect.any(Date), expect.any(Date)],
    ]);
    expect((await connection.execute("delete from made where id = 99 returning id into :1", [out])).outBinds).toEqual([
      [],
    ]);
  });
});

describe("executeMany", () => {
  it("counts rows", async () => {
    await connection.execute("create table many (id number(5) primary key, name varchar2(4))");
    const sets = Array.from({ length: 500 }, (_, index) => [index, `n${index % 100}`]);
    expect((await connection.executeMany("insert into many values (:1, :2)", sets)).rowsAffected).toBe(500);
    const deleted = await connection.executeMany("delete from many where name = :1", [["n1"], ["none"], ["n2"]]);
    expect(deleted.rowsAffected).toBe(10);
  });

  it("goes on after sets that fail, and names them", async () => {
    const sets = [
      [1000, "a"],
      [0, "b"],
      [1001, "too long"],
      [1002, "c"],
    ];
    const options = {
      batchErrors: true,
      bindDefs: [{ type: oracledb.NUMBER }, { type: oracledb.STRING, maxSize: 20 }],
    };
    const { batchErrors, rowsAffected } = await connection.executeMany(
      "insert into many values (:1, :2)",
      sets,
      options,
    );
    expect(rowsAffected).toBe(2);
    expect(batchErrors?.map(({ offset, message }) => [offset, message.slice(0, 9)])).toEqual([
      [1, "ORA-00001"],
      [2, "ORA-12899"],
    ]);
  });

  it("without that stops at the first one, and keeps those before it", async () => {
    const sets = [
      [2000, "a"],
      [2000, "b"],
      [2001, "c"],
    ];
    expect(await failureOf(() => connection.executeMany("insert into many values (:1, :2)", sets))).toMatchObject({
      number: 1,
    });
    expect(await query("select id from many where id >= 2000")).toEqual([["2000"]]);
  });

  it("gives what each set returned", async () => {
    await connection.execute("create table numbered (id number(5) generated always as identity, v number(5))");
    const { outBinds } = await connection.executeMany(
      "insert into numbered (v) values (:1) returning id into :2",
      [[7], [8]],
      {
        bindDefs: [{ type: oracledb.NUMBER }, { dir: oracledb.BIND_OUT, type: oracledb.NUMBER }],
      },
    );
    expect(outBinds).toEqual([[[1]], [[2]]]);
  });
});

describe("PL/SQL", () => {
  const out = (type: unknown, maxSize?: number) =>
    ({ dir: oracledb.BIND_OUT, type, maxSize }) as oracledb.BindParameter;

  it("runs blocks with variables", async () => {
    await connection.execute("create table log (n number(5), what varchar2(20))");
    const { outBinds } = await connection.execute<{ total: number }>(
      `declare
         total number := 0;
       begin
         insert into log values (:n, 'even');
         total := total + sql%rowcount;
         select n + total into :total from log;
       end;`,
      { n: 6, total: out(oracledb.NUMBER) },
    );
    expect(outBinds).toEqual({ total: 7 });
  });

  it("undoes a block that fails, as a whole", async () => {
    const before = await query("select count(*) from log");
    expect(
      await failureOf(() =>
        connection.execute(
          "begin insert into log values (1, 'x'); insert into log values (1, 'far too long for this column'); end;",
        ),
      ),
    ).toMatchObject({ number: 12899 });
    expect(await query("select count(*) from log")).toEqual(before);
    expect(
      await failureOf(() => connection.execute("declare n number; begin select n into n from log where n = 99; end;")),
    ).toMatchObject({ number: 1403 });
    expect(await failureOf(() => connection.execute("begin nowhere; end;"))).toMatchObject({
      number: 6550,
      message: expect.stringContaining("PLS-00201"),
    });
  });

  it("calls procedures and functions, by place and by name", async () => {
    await connection.execute(
      "create or replace procedure add_up(a in number, b in out number, total out number) as begin total := a + b; b := b * 2; end;",
    );
    await connection.execute("create or replace function twice(x number) return number is begin return x * 2; end;");
    const { outBinds } = await connection.execute<unknown[]>(
      "begin add_up(total => :1, a => 3, b => :2); :3 := twice(:2); end;",
      [
        out(oracledb.NUMBER),
        { dir: oracledb.BIND_INOUT, type: oracledb.NUMBER, val: 4 },
        out(oracledb.NUMBER),
      ] as oracledb.BindParameters,
    );
    expect(outBinds).toEqual([7, 8, 16]);
    expect(await query("select twice(21) from dual")).toEqual([["42"]]);
    await connection.execute("drop function twice");
    expect(
      await failureOf(() =>
        connection.execute("begin :1 := twice(1); end;", [out(oracledb.NUMBER)] as oracledb.BindParameters),
      ),
    ).toMatchObject({ number: 6550 });
  });

  it("hands out cursors, and results without a bind", async () => {
    const { outBinds } = await connection.execute<[oracledb.ResultSet<number[]>]>(
      "begin open :1 for select level as n from dual connect by level <= 30; end;",
      [out(oracledb.CURSOR)] as oracledb.BindParameters,
    );
    const rows = await outBinds?.[0].getRows(0);
    expect(rows?.length).toBe(30);
    await outBinds?.[0].close();
    const { implicitResults } = await connection.execute<unknown>(
      `declare a sys_refcursor; b sys_refcursor;
       begin
         open a for select 'a' as name from dual; dbms_sql.return_result(a);
         open b for select 'b' as name, 2 as n from dual; dbms_sql.return_result(b);
       end;`,
    );
    expect(implicitResults).toEqual([[["a"]], [["b", 2]]]);
  });
});
