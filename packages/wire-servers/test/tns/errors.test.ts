import type oracledb from "oracledb";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { failureOf, useServer } from "./support/client.ts";

const client = useServer({ faulty: false });
let connection: oracledb.Connection;
beforeAll(async () => {
  connection = await client.connect();
  await connection.execute(
    "create table parent (id number(3) constraint pk_parent primary key, name varchar2(5) not null)",
  );
  await connection.execute(
    "create table child (id number(3), parent number(3) constraint fk_child references parent, n number(3) constraint ck_n check (n > 0))",
  );
  await connection.execute("insert into parent values (1, 'one')");
  await connection.execute("insert into child values (1, 1, 1)", [], { autoCommit: true });
});

describe("what Oracle refuses", () => {
  it.each([
    ["insert into parent values (1, 'x')", 1, /unique constraint \(SCOTT\.PK_PARENT\) violated/],
    ["insert into parent values (2, null)", 1400, /cannot insert NULL into \("SCOTT"\."PARENT"\."NAME"\)/],
    ["update parent set name = null", 1407, /cannot update \("SCOTT"\."PARENT"\."NAME"\) to NULL/],
    ["insert into child values (2, 7, 1)", 2291, /\(SCOTT\.FK_CHILD\) violated - parent key not found/],
    ["delete from parent", 2292, /\(SCOTT\.FK_CHILD\) violated - child record found/],
    ["update child set n = 0", 2290, /check constraint \(SCOTT\.CK_N\) violated/],
    ["insert into parent values (2, 'longer')", 12899, /"SCOTT"\."PARENT"\."NAME" \(actual: .*, maximum: 5\)/],
    ["insert into parent values (1000, 'x')", 1438, /larger than specified precision/],
    ["select 1/0 from dual", 1476, /divisor is equal to zero/],
    ["select to_number('x') from dual", 1722, /invalid number/],
    ["select 'a' + 1 from dual", 1722, /invalid number/],
    ["select (select id from child union all select 2 from dual) from dual", 1427, /more than one row/],
    ["drop table parent", 2449, /referenced by foreign keys/],
    ["create table parent (id number)", 955, /already used/],
    ["create table t (id nothing)", 902, /invalid datatype/],
    ["create table t (id number, id number)", 957, /duplicate column/],
    ["drop table nothing", 942, /does not exist/],
    ["drop sequence nothing", 2289, /sequence does not exist/],
    ["drop procedure nothing", 4043, /does not exist/],
    ["alter session set nothing", 2248, /invalid option/],
    ["create user x identified by y", 1031, /insufficient privileges/],
    ["select distinct name from parent for update", 2014, /cannot select FOR UPDATE/],
  ])("%s is ORA-%i", async (text, number, words) => {
    const failure = await failureOf(() => connection.execute(text));
    expect(failure.number, failure.message).toBe(number);
    expect(failure.message).toMatch(words);
    await connection.rollback();
  });
});

describe("where Oracle says it is", () => {
  it.each([
    ["selec 1 from dual", 900, "selec"],
    ["select from dual", 936, "from"],
    ["select 1 dual", 923, ""],
    ["select 1 from", 903, ""],
    ["select nope from dual", 904, "nope"],
    ["select d.nope from dual d", 904, "nope"],
    ["select 1 from nope", 942, "nope"],
    ["select 1 from dual where", 936, ""],
    ["select 1 from dual group", 924, ""],
    ["select 1 from dual;", 911, ";"],
    ["select 1 from dual nonsense here", 933, "here"],
    ["select 'open from dual", 1756, "'open"],
    ['select "" from dual', 1741, '""'],
    ["select ? from dual", 911, "?"],
    ["select (1 from dual", 907, "from"],
    ["insert parent values (1)", 925, "parent"],
    ["insert into parent (id) valus (1)", 926, "valus"],
    ["insert into parent (id, name) values (1)", 947, ""],
    ["insert into parent (id) values (1, 2)", 913, ""],
    ["insert into parent values (2, 'b'), (3, 'c')", 933, ","],
    ["update parent name = 'x'", 971, "="],
    ["update parent set name 'x'", 927, "'x'"],
    ["select id from parent, child", 918, "id"],
    ["select name, count(*) from parent", 937, "name"],
  ])("%s", async (text, number, place) => {
    const failure = await failureOf(() => connection.execute(text));
    expect(failure.number, failure.message).toBe(number);
    if (place !== "" && failure.offset > 0)
      expect(Buffer.from(text).subarray(failure.offset).toString()).toMatch(
        new RegExp(`^${place.replace(/[?"]/g, "\\$&")}`),
      );
  });
});

describe("what this server does not understand it refuses by a number that Oracle has not, and remembers", () => {
  afterEach(() => {
    client.server.refusals.length = 0;
  });

  it.each([
    "select * from parent, child where parent.id = child.parent (+)",
    "select level from parent connect by prior id = id",
    "create private temporary table ora$ptt_t (id number)",
    "create table t (id rowid)",
    "create table t (id float)",
    "select decode(1, 1, 2) from dual",
    "select sum(1) over () from dual",
    "lock table parent in exclusive mode",
    "call nothing()",
    "begin for n in 1 .. 2 loop null; end loop; end;",
    "begin if 1 = 1 then null; end if; end;",
    "begin null; exception when others then null; end;",
    "select id from parent for update skip locked",
    "select interval '1' day from dual",
    "create trigger t before insert on parent begin null; end;",
    "create package p as end;",
    "select * from parent sample (10)",
    "merge into parent using dual on (1 = 1) when matched then update set name = 'x' delete where 1 = 1",
    "alter system set open_cursors = 10",
  ])("%s", async (text) => {
    const failure = await failureOf(() => connection.execute(text));
    expect(failure.number, failure.message).toBe(49_999);
    expect(client.server.refusals).toHaveLength(1);
    expect((await connection.execute("select 1 from dual")).rows).toEqual([[1]]);
  });
});
