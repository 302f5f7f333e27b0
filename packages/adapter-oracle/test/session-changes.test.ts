import { DatabaseManager, type DriverConnection, unlimited } from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oracle } from "../src/index.ts";
import { KeptTables, SessionChanges } from "../src/session-changes.ts";
import { ownServer } from "./support/server.ts";
import { connected, failureOf, rows, run } from "./support/statements.ts";

/** What a new session has noticed after these texts. */
function noticed(...texts: readonly string[]): string {
  const changes = new SessionChanges(new KeptTables());
  for (const text of texts) changes.note(text);
  return changes.lasting ? "lasting" : changes.changed ? "changed" : "clean";
}

describe("a text", () => {
  it.each([
    "alter session set nls_date_format = 'DD.MM.YYYY'",
    "/* why */ ALTER SESSION -- now\n SET CURRENT_SCHEMA = adams time_zone = '+02:00'",
    "begin dbms_application_info.set_module('orders', 'nightly'); end;",
    "begin DBMS_SESSION . SET_IDENTIFIER(:1); end;",
    "begin dbms_output.enable; end;",
  ])("has changed what a reset puts back: %s", (text) => {
    expect(noticed(text)).toBe("changed");
  });

  it.each([
    "alter session set nls_sort = binary_ci",
    "alter session set isolation_level = serializable",
    "alter session enable parallel dml",
    "begin execute immediate 'alter session set nls_comp = linguistic'; end;",
    "set role clerk",
    "begin dbms_session.set_role('clerk'); end;",
    "begin dbms_session.set_context('ctx', 'tenant', :1); end;",
    "declare n integer; begin n := dbms_lock.request(1, release_on_commit => false); end;",
    "select dbms_lock.request(1) from dual",
    "begin dbms_alert.register('orders'); end;",
    "create private temporary table ora$ptt_x (id number) on commit preserve definition",
  ])("has changed what ends with the session only: %s", (text) => {
    expect(noticed(text)).toBe("lasting");
  });

  it.each([
    "update people set role = 'clerk' where note = 'alter session'",
    "insert into notes values ('set role clerk')",
    "select * from dbms_session_log",
    "begin dbms_session.sleep(1); dbms_lock.sleep(1); dbms_session.reset_package; end;",
    "create private temporary table ora$ptt_x (id number)",
    "create global temporary table t (id number) on commit delete rows",
    "lock table t in exclusive mode",
    "set transaction read only",
    "begin orders.note(1); end;",
  ])("has changed nothing that can be told by it: %s", (text) => {
    expect(noticed(text)).toBe("clean");
  });

  it("with many comments is read in one go", () => {
    const comments = "/* * a */ -- b\n".repeat(2000);
    expect(noticed(`${comments} 1`, `${comments}'alter /* * */`)).toBe("clean");
    expect(noticed(`${comments}alter${comments}session set nls_sort = binary`)).toBe("lasting");
  });

  it("speaks of a table that keeps a session's rows, once its definition has gone through the connector", () => {
    const tables = new KeptTables();
    new SessionChanges(tables).note(
      'create global temporary table app."KEPT$ROWS" (id number) on commit preserve rows',
    );
    const later = new SessionChanges(tables);
    later.note("insert into kept$rows_2 values (1)");
    expect(later.changed).toBe(false);
    later.note("insert into app.kept$rows values (1)");
    expect(later.lasting).toBe(true);
  });
});

describe("a connection", () => {
  const server = ownServer();
  let connection: DriverConnection;
  beforeAll(async () => {
    connection = await connected(server);
  });
  afterAll(() => connection.close(unlimited));
  beforeEach(() => {
    connection.dirty = false;
  });

  it("is not made dirty by its own set-up, statements of data, and its own reset", async () => {
    const fresh = await connected(server);
    await rows(fresh, "select 1 from dual");
    await fresh.reset?.({ scope: "session" }, unlimited);
    expect(fresh.dirty).toBe(false);
    fresh.destroy();
  });

  it("is dirty from a changed setting on, in a query, a stream and a call, also where the statement fails", async () => {
    await run(connection, "alter session set nls_date_format = 'YYYY'");
    expect(connection.dirty).toBe(true);
    connection.dirty = false;
    await run(connection, "alter session set nls_date_format = ").catch(() => undefined);
    expect(connection.dirty).toBe(true);
    connection.dirty = false;
    const stream = connection.stream?.(
      { text: "select dbms_session.set_role('x') from dual", values: [] },
      { fetchSize: 1, ...unlimited },
    );
    await stream?.close();
    expect(connection.dirty).toBe(true);
    connection.dirty = false;
    const parameters = [{ name: "role_cmd", value: "none" }];
    await failureOf(async () => connection.call?.({ procedure: ["DBMS_SESSION", "SET_ROLE"], parameters }, unlimited));
    expect(connection.dirty).toBe(true);
  });

  it("puts back settings, schema and what the application said of itself, as the login left them", async () => {
    const fresh = await connected(server);
    const state = async () =>
      rows(
        fresh,
        `select to_char(date '2026-01-02'), sys_context('userenv', 'current_schema'), sys_context('userenv', 'module'),
         sys_context('userenv', 'action'), sys_context('userenv', 'client_info'), sys_context('userenv', 'client_identifier') from dual`,
      );
    const before = await state();
    await run(fresh, "alter session set nls_date_format = 'DD' current_schema = adams");
    await run(
      fresh,
      "begin dbms_application_info.set_module('m', 'a'); dbms_application_info.set_client_info('c'); dbms_session.set_identifier('i'); end;",
    );
    expect(await state()).toEqual([["02", "ADAMS", "m", "a", "c", "i"]]);
    expect(await fresh.reset?.({ scope: "session" }, unlimited)).toBe("done");
    expect(await state()).toEqual(before);
    fresh.destroy();
  });

  it("says that what ends with the session cannot be put back", async () => {
    await run(connection, "set role clerk").catch(() => undefined);
    server.own.refusals.length = 0;
    expect(await connection.reset?.({ scope: "session" }, unlimited)).toBe("impossible");
    connection.dirty = false;
    expect(await connection.reset?.({ scope: "session" }, unlimited)).toBe("done");
  });

  it("shows the next borrower neither rows of temporary tables nor settings of the one before", async () => {
    const databases = new DatabaseManager({ erp: oracle({ ...server.options(), pool: { max: 1 } }) });
    const erp = databases.database("erp");
    await erp.execute("create global temporary table kept_rows (id number(3)) on commit preserve rows");
    await erp.execute("insert into kept_rows values (1)");
    expect(await erp.query("select id from kept_rows")).toEqual([]);
    await erp.execute("alter session set nls_date_format = 'YYYY'");
    expect(await erp.queryScalar("select to_char(date '2026-01-02') from dual")).toBe("2026-01-02 00:00:00");
    await databases.close();
  });
});
