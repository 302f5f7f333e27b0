import type { DriverConnection } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify, noteFacts } from "../src/errors.ts";
import { njsCodes } from "../src/njs-codes.ts";
import { oraCodes } from "../src/ora-codes.ts";
import { testServer } from "./support/server.ts";
import { connected, failureOf, run } from "./support/statements.ts";

/** An error as oracledb makes it of one of the server. */
function ofServer(number: number, message = "words in any language", offset = 0): Error {
  const code = `ORA-${String(number).padStart(5, "0")}`;
  return Object.assign(new Error(`${code}: ${message}`), { code, errorNum: number, offset });
}

function ofDriver(number: number, message = "words of the driver"): Error {
  const code = `NJS-${String(number).padStart(3, "0")}`;
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

describe("errors of the server", () => {
  it.each([
    [1, "unique", "never"],
    [40, "statement-timeout", "never"],
    [54, "lock-timeout", "transaction"],
    [60, "deadlock", "transaction"],
    [900, "syntax", "never"],
    [904, "undefined-object", "never"],
    [984, "syntax", "never"],
    [2019, "undefined-object", "never"],
    [3048, "syntax", "never"],
    [3049, "syntax", "never"],
    [3050, "syntax", "never"],
    [11534, "check", "never"],
    [22816, "unsupported", "never"],
    [942, "undefined-object", "never"],
    [1008, "parameter", "never"],
    [1013, "cancelled", "never"],
    [1031, "permission", "never"],
    [1400, "not-null", "never"],
    [1407, "not-null", "never"],
    [1438, "value", "never"],
    [1456, "read-only", "never"],
    [1555, "resource", "transaction"],
    [1653, "resource", "never"],
    [1722, "value", "never"],
    [2290, "check", "never"],
    [2291, "foreign-key", "never"],
    [2292, "foreign-key", "never"],
    [3001, "unsupported", "never"],
    [8177, "serialization", "transaction"],
    [12899, "value", "never"],
    [20001, "other", "never"],
    [30006, "lock-timeout", "transaction"],
  ])("ORA-%i is %s", (number, kind, retry) => {
    const code = `ORA-${String(number).padStart(5, "0")}`;
    expect(classify(ofServer(number))).toEqual({ kind, connection: "ok", executed: "yes", retry, code });
  });

  it.each([28, 1012, 1092, 2396, 3113, 3114, 3135])("ORA-%i is the end of the session", (number) => {
    expect(classify(ofServer(number))).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
  });

  it.each([
    [18, "too-many-connections", "connect"],
    [1017, "auth", "never"],
    [1034, "refused", "connect"],
    [12170, "connect-timeout", "connect"],
    [12514, "unknown-database", "never"],
    [12541, "refused", "connect"],
    [28000, "auth", "never"],
    [600, "refused", "connect"],
  ])("ORA-%i while connecting is %s", (number, kind, retry) => {
    const error = ofServer(number);
    noteFacts(error, { connecting: true });
    expect(classify(error)).toMatchObject({ kind, retry, connection: "dead", executed: "no" });
  });

  it("names the constraint, the table and the column, in the case in which names come back", () => {
    const unique = ofServer(1, "unique constraint (SCOTT.PK_EMP) violated");
    expect(classify(unique)).toMatchObject({ constraint: "pk_emp" });
    const german = ofServer(2291, 'Integritäts-Constraint (SCOTT."Mixed") verletzt');
    expect(classify(german).kind).toBe("foreign-key");
    const domain =
      "check constraint (SCOTT.SYS_C1) involving column EMAIL due to domain constraint SCOTT.C of domain SCOTT.D violated";
    expect(classify(ofServer(11534, domain))).toMatchObject({ kind: "check", constraint: "sys_c1" });
    const missing = ofServer(1400, 'cannot insert NULL into ("SCOTT"."EMP"."NAME")');
    expect(classify(missing)).toMatchObject({ table: "emp", columns: ["name"] });
    const tooLong = ofServer(12899, 'value too large for column "SCOTT"."EMP"."Full" (actual: 11, maximum: 10)');
    expect(classify(tooLong)).toMatchObject({ table: "emp", columns: ["Full"] });
  });

  it("counts the position in UTF-16 code units, where the server counts bytes", () => {
    const text = "select '\u{1f600}ä', nope from dual";
    const error = ofServer(904, '"NOPE": invalid identifier', Buffer.byteLength("select '\u{1f600}ä', "));
    noteFacts(error, { text });
    const { position } = classify(error);
    expect(text.slice((position ?? 0) - 1)).toBe("nope from dual");
  });

  it("has no position where the server says 0, or the text is not known", () => {
    const error = ofServer(942);
    noteFacts(error, { text: "select 1 from nope" });
    expect(classify(error).position).toBeUndefined();
    expect(classify(ofServer(942, "", 7)).position).toBeUndefined();
  });

  it("looks into ORA-06550 and ORA-02091 for what is behind them", () => {
    const undeclared = "line 1, column 7:\nPLS-00201: identifier 'NOPE' must be declared";
    expect(classify(ofServer(6550, undeclared)).kind).toBe("undefined-object");
    expect(classify(ofServer(6550, "line 1, column 7:\nPLS-00306: wrong number")).kind).toBe("parameter");
    expect(classify(ofServer(6550, "line 1:\nPL/SQL: ORA-00942: table or view")).kind).toBe("undefined-object");
    expect(classify(ofServer(6550, "line 1:\nPLS-00103: Encountered")).kind).toBe("syntax");
    const deferred = "transaction rolled back\nORA-00001: unique constraint (SCOTT.U) violated";
    expect(classify(ofServer(2091, deferred)).kind).toBe("unique");
    expect(classify(ofServer(2091, "transaction rolled back")).kind).toBe("transaction-aborted");
  });

  it("believes what the connection knows of itself", () => {
    const error = ofServer(1);
    noteFacts(error, { alive: false });
    expect(classify(error)).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
  });

  it("reads the code out of the message where an error of a batch has it nowhere else", () => {
    expect(classify(new Error("ORA-00001: unique constraint (S.U) violated")).kind).toBe("unique");
  });
});

describe("errors of the driver", () => {
  it.each([
    [3, "lost", "dead"],
    [11, "parameter", "ok"],
    [98, "parameter", "ok"],
    [500, "lost", "dead"],
  ])("NJS-%i is %s", (number, kind, connection) => {
    expect(classify(ofDriver(number))).toMatchObject({ kind, connection });
  });

  it("never claim that a statement was not executed once it may have been sent", () => {
    for (const number of [3, 500, 521]) expect(classify(ofDriver(number)).executed).not.toBe("no");
  });

  it("of a kind that nobody foresaw make the connection suspect", () => {
    expect(classify(ofDriver(999))).toMatchObject({ kind: "other", connection: "suspect" });
    expect(classify(new TypeError("x is not a function"))).toMatchObject({ kind: "other", connection: "suspect" });
    expect(classify("not even an error")).toMatchObject({ kind: "other", connection: "suspect" });
  });
});

it("no number is listed whose session ends although it is the statement's fault", () => {
  const ended = Object.entries({ ...oraCodes, ...njsCodes }).filter(([, { fatal }]) => fatal === true);
  const ofStatements = [
    "unique",
    "value",
    "syntax",
    "undefined-object",
    "check",
    "not-null",
    "foreign-key",
    "parameter",
  ];
  expect(ended.filter(([, { kind }]) => ofStatements.includes(kind))).toEqual([]);
});

it("a server that demands native encryption is a matter of configuration, and no reason to connect again", () => {
  const refused = ofDriver(533, "Advanced Networking Option service negotiation failed. Cause: ORA-12660");
  for (const error of [
    refused,
    ofServer(12660),
    ofDriver(511, "connection to listener was refused. Cause: ORA-12660"),
  ]) {
    noteFacts(error, { connecting: true });
    expect(classify(error)).toMatchObject({ kind: "unsupported", retry: "never", connection: "dead", executed: "no" });
  }
});

describe("errors over the wire", () => {
  const server = testServer();
  let connection: DriverConnection;
  beforeAll(async () => {
    connection = await connected(server);
    await run(
      connection,
      "create table dept (id number(5) constraint pk_dept primary key, name varchar2(10) not null)",
    );
    await run(
      connection,
      "create table emp (id number(5) primary key, dept number(5) constraint fk_dept references dept (id), pay number(5) constraint ck_pay check (pay > 0))",
    );
    await run(connection, "insert into dept values (1, 'one')");
    await run(connection, "insert into emp values (1, 1, 10)");
  });
  afterAll(() => connection.close({ deadline: performance.now() + 5000 }));

  it.each([
    ["insert into dept values (1, 'two')", "unique", "ORA-00001", { constraint: "pk_dept" }],
    ["insert into emp values (2, 9, 1)", "foreign-key", "ORA-02291", { constraint: "fk_dept" }],
    ["delete from dept", "foreign-key", "ORA-02292", { constraint: "fk_dept" }],
    ["update emp set pay = -1", "check", "ORA-02290", { constraint: "ck_pay" }],
    ["insert into dept (id) values (2)", "not-null", "ORA-01400", { table: "dept", columns: ["name"] }],
    ["update dept set name = ''", "not-null", "ORA-01407", { table: "dept", columns: ["name"] }],
    ["insert into dept values (3, 'eleven char')", "value", "ORA-12899", { table: "dept", columns: ["name"] }],
    ["insert into dept values (1234567, 'x')", "value", "ORA-01438", {}],
    ["select to_number('one') from dual", "value", "ORA-01722", {}],
    ["select 1 / 0 from dual", "value", "ORA-01476", {}],
    ["select nope from dual", "undefined-object", "ORA-00904", { position: 8 }],
    ["select 1 from nope", "undefined-object", "ORA-00942", { position: 15 }],
    ["selec 1 from dual", "syntax", "ORA-00900", {}],
    ["select 1 from dual where", "syntax", "ORA-00936", {}],
    ["begin nope; end;", "undefined-object", "ORA-06550", {}],
  ])("%s: %s", async (text, kind, code, facts) => {
    expect(await failureOf(() => run(connection, text))).toMatchObject({
      kind,
      code,
      ...facts,
      connection: "ok",
      executed: "yes",
    });
    expect(connection.usable).toBe(true);
  });
});
