import { randomBytes } from "node:crypto";
import { type Branch, DatabaseManager, type DriverConnection, defineDatabase, UnsupportedError } from "@nsj/mdb-core";
import { type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { driver, driverOf, serverUrl, withServer } from "./support/server.ts";

const soon = () => ({ deadline: performance.now() + 20_000 });
const branch = (): Branch => ({
  store: randomBytes(6).toString("hex").slice(0, 11),
  transaction: randomBytes(11).toString("hex"),
  number: 1,
});

withServer(() => {
  if (driverOf(serverUrl ?? "").name !== "mariadb") {
    it("of MySQL cannot prepare, as far as anybody has tried", ({ skip }) => skip("the server of this run is MySQL"));
    return;
  }
  if (process.env["MDB_MYSQL_URL"]) {
    it("is tried on servers of its own", ({ skip }) => skip("the server of this run was given by MDB_MYSQL_URL"));
    return;
  }
  describe("a branch on MariaDB", () => {
    let server: RunningMysql | undefined;
    let table: string;
    beforeAll(async () => {
      server = await startMysql(["--innodb-flush-log-at-trx-commit=1"]);
    });
    afterAll(() => server?.stop());
    beforeEach(async () => {
      table = `t_${randomBytes(6).toString("hex")}`;
      const connection = await connected();
      await run(connection, `create table ${table} (id int primary key)`);
      await run(connection, `insert into ${table} values (1), (2)`);
    });

    async function connected() {
      const connection = await driver.connector(driver.parseUrl(server?.url ?? "")).connect(soon());
      onTestFinished(() => connection.destroy());
      return connection as DriverConnection &
        Required<Pick<DriverConnection, "prepareBranch" | "finishPrepared" | "reset">>;
    }

    it("that has lost a deadlock does not prepare, and leaves a connection that works", async () => {
      const [one, two] = [await connected(), await connected()];
      const branches = [branch(), branch()] as const;
      await one.begin({ branch: branches[0] });
      await two.begin({ branch: branches[1] });
      await run(one, `update ${table} set id = 3 where id = 1`);
      await run(two, `update ${table} set id = 4 where id = 2`);
      const results = await Promise.allSettled([
        run(one, `update ${table} set id = 5 where id = 2`),
        run(two, `update ${table} set id = 6 where id = 1`),
      ]);
      const at = results.findIndex(({ status }) => status === "rejected");
      const [victim, other] = at === 0 ? [one, two] : [two, one];
      expect(victim.txStatus).toBe("failed");
      const of = (it: typeof one) => (it === one ? branches[0] : branches[1]);
      const error = await failure(() => victim.prepareBranch(of(victim)));
      expect(driver.classify(error).kind).toBe("transaction-aborted");
      expect([victim.usable, victim.txStatus]).toEqual([true, "idle"]);
      await run(victim, "select 1");
      expect(await other.prepareBranch(of(other))).toEqual({ vote: "prepared" });
      expect(await other.finishPrepared(of(other), "rollback")).toBe("done");
    });

    it("refuses what would commit it, and is still whole", async () => {
      const connection = await connected();
      const it = branch();
      await connection.begin({ branch: it, isolation: "serializable" });
      await run(connection, `insert into ${table} values (3)`);
      for (const text of ["create table not_here (id int)", "commit", "start transaction"]) {
        const error = await failure(() => run(connection, text));
        expect(driver.classify(error), text).toMatchObject({ kind: "unsupported", code: 1399 });
        expect(connection.txStatus).toBe("active");
      }
      expect(await connection.prepareBranch(it)).toEqual({ vote: "prepared" });
      expect(await connection.finishPrepared(it, "commit")).toBe("done");
      expect((await run(connection, `select id from ${table}`)).rows).toHaveLength(3);
    });

    it("that is prepared keeps its session from everything else, and from a reset, which would lose it", async () => {
      const connection = await connected();
      const it = branch();
      await connection.begin({ branch: it });
      await run(connection, `insert into ${table} values (3)`);
      await connection.prepareBranch(it);
      expect(await connection.reset({ scope: "session" }, soon())).toBe("impossible");
      for (const work of [
        () => connection.begin({}),
        () => connection.prepareBranch(it),
        () => connection.finishPrepared(branch(), "commit"),
      ]) {
        expect(driver.classify(await failure(work))).toMatchObject({ executed: "no" });
      }
      expect(await connection.finishPrepared(it, "commit")).toBe("done");
      const other = await connected();
      expect((await run(other, `select id from ${table}`)).rows).toHaveLength(3);
    });

    it("does not outlive by hours a coordinator that stands still; ordinary transactions have no such limit", async () => {
      const connection = await connected();
      const ask = async () => String((await run(connection, "select @@session.idle_transaction_timeout")).rows[0]?.[0]);
      const usual = await ask();
      for (const limitMs of [44_900, 44_000]) {
        await connection.begin({ branch: branch(), limitMs });
        expect(await ask()).toBe("45");
        await connection.rollback();
      }
      await connection.begin({});
      expect(await ask()).toBe(usual);
      await connection.rollback();
    });

    it("is given to others once its session has stood idle for too long", async () => {
      const connection = await connected();
      const it = branch();
      await connection.begin({ branch: it });
      await run(connection, "set session idle_transaction_timeout = 1");
      await run(connection, `insert into ${table} values (3)`);
      await connection.prepareBranch(it);
      const other = await connected();
      let answer = await other.finishPrepared(it, "commit");
      while (answer === "busy") answer = await other.finishPrepared(it, "commit");
      expect(answer).toBe("done");
      expect((await run(other, `select id from ${table}`)).rows).toHaveLength(3);
    });

    it("is committed by others for certain, also in the moment in which its session ends", async () => {
      const pairs = await Promise.all(
        Array.from({ length: 20 }, async () => ({ owner: await connected(), other: await connected() })),
      );
      let id = 100;
      for (let round = 0; round < 15; round++) {
        const first = id;
        await Promise.all(
          pairs.map(async (pair) => {
            const it = branch();
            await pair.owner.begin({ branch: it });
            await run(pair.owner, `insert into ${table} values (${id++})`);
            await pair.owner.prepareBranch(it);
            pair.owner.destroy();
            let answer = await pair.other.finishPrepared(it, "commit");
            while (answer === "busy") answer = await pair.other.finishPrepared(it, "commit");
            expect(answer).toBe("done");
            pair.owner = await connected();
          }),
        );
        const [reader] = pairs;
        const kept = await run(reader?.other as never, `select count(*) from ${table} where id >= ${first}`);
        expect(Number(kept.rows[0]?.[0])).toBe(pairs.length);
      }
    }, 60_000);

    it("that has only read is finished by whoever finds it", async () => {
      for (const end of ["commit", "rollback"] as const) {
        const connection = await connected();
        const it = branch();
        await connection.begin({ branch: it });
        await run(connection, `select id from ${table}`);
        await connection.prepareBranch(it);
        await connection.close(soon());
        const other = await connected();
        let answer = await other.finishPrepared(it, end);
        while (answer === "busy") answer = await other.finishPrepared(it, end);
        expect(answer).toBe(end === "commit" ? "gone" : "done");
        expect(await other.finishPrepared(it, end)).toBe("gone");
      }
    });
  });

  describe("a server that may lose what it has committed", () => {
    let server: RunningMysql | undefined;
    beforeAll(async () => {
      server = await startMysql(["--innodb-flush-log-at-trx-commit=2"]);
    });
    afterAll(() => server?.stop());

    it("neither decides nor prepares, and the setting is named before anything is sent", async () => {
      const options = { ...driver.parseUrl(server?.url ?? ""), pool: { max: 2 } };
      const databases = new DatabaseManager({
        a: defineDatabase(driver, options),
        b: defineDatabase(driver, options),
        c: defineDatabase(driver, { ...options, lacks: ["branches"] }),
      });
      onTestFinished(() => databases.close({ timeoutMs: 0 }));
      await databases.database("a").execute("create table u (id int primary key)");
      await databases.prepareStore("a");
      for (const [labels, decider] of [
        [["a", "b"], "a"],
        [["b", "c"], "c"],
      ] as const) {
        const failing = databases.transaction(labels, async (transactions) => {
          for (const it of Object.values(transactions))
            await it.execute(`insert into u values (${labels.indexOf(it.label as never)})`);
        });
        await expect(failing, decider).rejects.toThrow(UnsupportedError);
        await expect(failing, decider).rejects.toThrow(/innodb_flush_log_at_trx_commit is 2/);
      }
      expect(Number(await databases.database("a").queryScalar("select count(*) from u"))).toBe(0);
      expect([databases.database("a").capabilities.branches, databases.database("c").capabilities.branches]).toEqual([
        "from-begin",
        "none",
      ]);
      expect(await databases.inDoubt()).toEqual([]);
    });
  });

  describe("a server that writes a binary log", () => {
    let server: RunningMysql | undefined;
    beforeAll(async () => {
      server = await startMysql(["--log-bin", "--innodb-flush-log-at-trx-commit=1"]);
    });
    afterAll(() => server?.stop());

    it("prepares nothing, because replicas would apply it at once, and decides as ever", async () => {
      const options = { ...driver.parseUrl(server?.url ?? ""), pool: { max: 2 } };
      const databases = new DatabaseManager({
        a: defineDatabase(driver, options),
        b: defineDatabase(driver, options),
      });
      onTestFinished(() => databases.close({ timeoutMs: 0 }));
      const [a, b] = [databases.database("a"), databases.database("b")];
      await a.execute("create table u (id int primary key)");
      await databases.prepareStore("a");
      for (let round = 0; round < 2; round++) {
        let reached = "nothing";
        const failing = databases.transaction(["a", "b"], async (transactions) => {
          await transactions.a.execute("insert into u values (1)");
          reached = "a";
          await transactions.b.execute("insert into u values (2)");
          reached = "b";
        });
        await expect(failing).rejects.toThrow(UnsupportedError);
        await expect(failing).rejects.toThrow(/log_bin/);
        expect([reached, Number(await b.queryScalar("select count(*) from u"))]).toEqual(["a", 0]);
      }
      await databases.transaction(["a", "b"], async (transactions) => {
        await transactions.a.execute("insert into u values (1)");
      });
      expect(Number(await a.queryScalar("select count(*) from u"))).toBe(1);
      expect(await databases.inDoubt()).toEqual([]);
    });
  });
});

async function run(connection: DriverConnection, text: string) {
  return connection.query({ text, values: [] }, soon());
}

async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
