import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { mariadbDriver, mysqlDriver } from "../src/index.ts";
import { asAdmin, driver, openStatements, serverOptions, withServer } from "./support/server.ts";
import { openSession, type TestSession } from "./support/session.ts";

async function using(work: (session: TestSession) => Promise<void>, options = {}): Promise<void> {
  const session = await openSession(options);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

/** ER_NEED_REPREPARE, as the first packet of an answer. */
const needReprepare = Buffer.from("\xff\x4f\x06#HY000Prepared statement needs to be re-prepared", "latin1");

/**
 * Has the next `count` executions of prepared statements refused for tables that have changed too often, which a real server says only where others change
 * them without pause. They do not reach the server.
 * @returns how many are still to come
 */
function outdated({ connection }: TestSession, count: number): () => number {
  const native = (connection as unknown as { raw(): { readonly stream: Socket; write(bytes: Buffer): void } }).raw();
  const { write } = native;
  let left = count;
  native.write = (bytes) => {
    if (left === 0 || bytes[4] !== 0x17) {
      write.call(native, bytes);
      return;
    }
    left--;
    setImmediate(() => native.stream.unshift(Buffer.concat([Buffer.of(needReprepare.length, 0, 0, 1), needReprepare])));
  };
  return () => left;
}

withServer(() => {
  describe("a server of the other family", () => {
    it("is refused before the login, with the factory that fits", async () => {
      const other = driver.name === "mariadb" ? mysqlDriver : mariadbDriver;
      const connecting = other
        .connector({ ...serverOptions(), password: "wrong" })
        .connect({ deadline: Number.POSITIVE_INFINITY });
      await expect(connecting).rejects.toMatchObject({
        code: "MDB_CONFIGURATION",
        message: expect.stringContaining(`${driver.name}(...) in place of ${other.name}(...)`),
      });
    });
  });

  describe("the modes of a session", () => {
    it("are strict, let placeholders be found, and are the server's own otherwise", () =>
      using(async (session) => {
        const before = await asAdmin("select @@global.sql_mode as modes");
        const [{ modes }] = before as { modes: string }[] as [{ modes: string }];
        await asAdmin("set global sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'");
        try {
          await using(async (other) => {
            expect(await other.value("select @@sql_mode")).toBe("PIPES_AS_CONCAT,STRICT_TRANS_TABLES");
            expect(await other.value("select 'it\\'s ?'")).toBe("it's ?");
          });
        } finally {
          await asAdmin(`set global sql_mode = '${modes}'`);
        }
        expect(String(await session.value("select @@sql_mode"))).toContain("STRICT_TRANS_TABLES");
      }));
  });

  describe("prepared statements", () => {
    it("are closed on the server when they are pushed out", () =>
      using(
        async (session) => {
          for (let n = 0; n < 50; n++) await session.run(`select ${n}, ?`, n);
          expect(Number(await session.value(openStatements))).toBeLessThanOrEqual(5);
        },
        { preparedStatements: 3 },
      ));

    it("go by the current database", () =>
      using(async (session) => {
        await session.run("drop table if exists mdb_where");
        await session.run("create table mdb_where (v int)");
        await session.run("drop database if exists mdb_elsewhere");
        await session.run("create database mdb_elsewhere");
        await session.run("create table mdb_elsewhere.mdb_where as select 7 as v");
        const text = "select count(*), database() from mdb_where";
        expect((await session.run(text)).rows).toEqual([[0, serverOptions().database]]);
        await session.run("use mdb_elsewhere");
        expect((await session.run(text)).rows).toEqual([[1, "mdb_elsewhere"]]);
        await session.run("drop database mdb_elsewhere");
      }));

    it("see a table as it is now", () =>
      using(async (session) => {
        await session.run("drop table if exists mdb_changing");
        await session.run("create table mdb_changing (v int)");
        await session.run("insert into mdb_changing values (?)", 1);
        const text = "select * from mdb_changing where v = ?";
        expect((await session.run(text, 1)).columns).toHaveLength(1);
        await asAdmin("alter table mdb_changing add w varchar(10) default 'x'");
        expect((await session.run(text, 1)).rows).toEqual([[1, "x"]]);
      }));

    it("give way where the server has no room for more of them", () =>
      using(async (session) => {
        await session.run("select 1, ?", 1);
        const [{ most }] = (await asAdmin("select @@global.max_prepared_stmt_count as most")) as [{ most: number }];
        const [{ Value: used }] = (await asAdmin("show global status like 'Prepared_stmt_count'")) as [
          { Value: string },
        ];
        await asAdmin(`set global max_prepared_stmt_count = ${Number(used)}`);
        try {
          expect(await session.value("select 2, ?", 2)).toBe(2);
        } finally {
          await asAdmin(`set global max_prepared_stmt_count = ${most}`);
        }
      }));

    it("are prepared anew where the server has forgotten them", () =>
      using(async (session) => {
        const { connection } = session as unknown as { connection: { raw(): { reset(done: () => void): void } } };
        expect(await session.value("select ?", 1)).toBe(1);
        await new Promise<void>((resolve) => connection.raw().reset(resolve));
        expect(await session.value("select ?", 2)).toBe(2);
        expect(await session.value("select ?", 3)).toBe(3);
      }));

    it("are prepared anew where the server says that their tables have changed too often", () =>
      using(async (session) => {
        expect(await session.value("select ?", 1)).toBe(1);
        const left = outdated(session, 1);
        expect(await session.value("select ?", 2)).toBe(2);
        expect(left()).toBe(0);
        const before = Number(await session.value(openStatements));
        expect(await session.value("select ?", 3)).toBe(3);
        expect(Number(await session.value(openStatements))).toBe(before);
      }));

    it("fail without having run where the server says so each time, and work again behind that", () =>
      using(async (session) => {
        const left = outdated(session, 2);
        const error: unknown = await session.run("select ?", 1).catch((it: unknown) => it);
        expect(left()).toBe(0);
        const info = { kind: "other", connection: "ok", executed: "no", retry: "transaction", code: 1615 };
        expect(driver.classify(error)).toMatchObject(info);
        expect(await session.value("select ?", 2)).toBe(2);
      }));

    it("of a procedure are not sent again: it may have come half-way", () =>
      using(async (session) => {
        await session.run("drop procedure if exists mdb_outdated");
        await session.run("create procedure mdb_outdated(in n int) select n");
        const left = outdated(session, 2);
        const error: unknown = await session.run("call mdb_outdated(?)", 1).catch((it: unknown) => it);
        expect(left()).toBe(1);
        expect(driver.classify(error)).toMatchObject({ code: 1615, executed: "yes" });
        await session.run("drop procedure mdb_outdated");
      }));

    it("take as many values as they have placeholders", () =>
      using(async (session) => {
        for (const values of [[], [1], [1, 2, 3]]) {
          const failing = session.run("select ?, ?", ...values);
          const error: unknown = await failing.catch((it: unknown) => it);
          expect(driver.classify(error)).toMatchObject({ kind: "parameter", executed: "no" });
        }
        await expect(session.run("kill ?", 1)).rejects.toThrow();
        expect(await session.value("select 1")).toBe(1);
      }));
  });

  describe("a packet that nobody has asked for", () => {
    /** OK, as the seventh packet of an answer. */
    const stray = Buffer.from([7, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0]);
    const socketOf = ({ connection }: TestSession) =>
      (connection as unknown as { raw(): { readonly stream: Socket } }).raw().stream;

    it("ends the connection, whose next answer would be another one's", () =>
      using(async (session) => {
        const pending = session.run("select 1");
        socketOf(session).unshift(stray);
        const error: unknown = await pending.catch((it: unknown) => it);
        expect(driver.classify(error)).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
        expect(session.connection.usable).toBe(false);
      }));

    it("ends an idle connection, and its pool is told", () =>
      using(async (session) => {
        const told = new Promise((resolve) => {
          session.connection.onFatal = resolve;
        });
        socketOf(session).unshift(stray);
        expect(driver.classify(await told)).toMatchObject({ kind: "lost", connection: "dead" });
        expect(session.connection.usable).toBe(false);
      }));
  });

  describe("what is too long for the server", () => {
    it("is refused before anything is sent, and the connection goes on", () =>
      using(async (session) => {
        const most = Number(await session.value("select @@max_allowed_packet"));
        const failing = session.run("select length(?)", "x".repeat(most));
        await expect(failing).rejects.toThrow("max_allowed_packet");
        expect(await session.value("select length(?)", "x".repeat(most - 1_000))).toBe(most - 1_000);
      }));

    it("is sent in several statements by a bulk insert", () =>
      using(async (session) => {
        const long = Math.floor(Number(await session.value("select @@max_allowed_packet")) / 4);
        await session.run("drop table if exists mdb_many_bytes");
        await session.run("create table mdb_many_bytes (v longtext)");
        async function* rows() {
          yield Array.from({ length: 5 }, () => ["x".repeat(long)]);
        }
        const target = { table: ["mdb_many_bytes"], columns: ["v"] };
        expect(await session.connection.bulkLoad?.(target, rows(), session.forEver)).toMatchObject({ rows: 5 });
        expect(Number(await session.value("select sum(length(v)) from mdb_many_bytes"))).toBe(5 * long);
        await session.run("drop table mdb_many_bytes");
      }));
  });

  describe("a request for a file of this machine", () => {
    it("is answered with none", () =>
      using(async (session) => {
        await session.run("drop table if exists mdb_file");
        await session.run("create table mdb_file (v varchar(100))");
        const failing = session.run("load data local infile '/etc/hostname' into table mdb_file");
        await expect(failing).rejects.toThrow();
        expect(await session.value("select count(*) from mdb_file")).toBe(0);
      }));
  });

  describe("transactions", () => {
    it("that a text begins or ends are counted, also where it fails or the server commits by itself", () =>
      using(async ({ connection, run }) => {
        await run("drop table if exists mdb_counted");
        await run("create table mdb_counted (id int primary key)");
        const counted = async (text: string): Promise<number> => {
          const before = connection.txEnded ?? 0;
          await run(text).catch(() => undefined);
          return (connection.txEnded ?? 0) - before;
        };
        expect(await counted("start transaction")).toBe(1);
        expect(await counted("insert into mdb_counted values (1)")).toBe(0);
        expect(await counted("insert into mdb_counted values (1)")).toBe(0);
        expect(await counted("commit and chain")).toBe(1);
        expect(await counted("begin")).toBe(1);
        expect(await counted("create table mdb_counted (id int)")).toBe(1);
        expect(connection.txStatus).toBe("idle");
        await connection.begin({});
        expect(await counted("truncate table mdb_counted")).toBe(1);
        expect(connection.txStatus).toBe("idle");
        const { kind } = driver.classify(await Promise.resolve(connection.commit()).catch((it: unknown) => it));
        expect(kind).toBe("transaction-aborted");
      }));

    it("are not begun in one that is open, which that would commit", () =>
      using(async ({ connection, run }) => {
        await run("drop table if exists mdb_nested");
        await run("create table mdb_nested (id int)");
        await connection.begin({});
        await run("insert into mdb_nested values (1)");
        await expect(Promise.resolve(connection.begin({}))).rejects.toThrow("open");
        await connection.rollback();
        expect((await run("select id from mdb_nested")).rows).toEqual([]);
      }));

    it("of the level repeatable read are refused where they would lose updates", () =>
      using(
        async ({ connection }) => {
          await expect(Promise.resolve(connection.begin({ isolation: "repeatable read" }))).rejects.toThrow(
            "repeatable read",
          );
        },
        { snapshotIsolation: false },
      ));
  });
});
