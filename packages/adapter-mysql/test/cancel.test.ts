import dns from "node:dns";
import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { asAdmin, driver, series, serverOptions, sleeping, withServer } from "./support/server.ts";
import { openSession } from "./support/session.ts";

withServer(() => {
  describe("an order to stop", () => {
    it("never hits a later statement, though it comes when its own one ends", async () => {
      const { connection, run, close, forEver } = await openSession();
      const count = { stopped: 0, done: 0 };
      for (let round = 0; round < 150; round++) {
        // Between shorter and longer than the order's own way takes.
        const pending = run(`select sleep(${(round % 15) * 0.004})`).then(
          () => count.done++,
          (error: unknown) => {
            expect(driver.classify(error).kind).toBe("cancelled");
            count.stopped++;
          },
        );
        await connection.cancel?.(forEver);
        await pending;
        for (let later = 0; later < 3; later++) {
          expect((await run(`select count(*) from ${series(200)} numbers`)).rows, `round ${round}`).toEqual([[200]]);
        }
      }
      await close();
      expect(count.stopped).toBeGreaterThan(0);
    });

    it("is not lost where it overtakes its statement", async () => {
      const { connection, run, close, forEver } = await openSession();
      // Given in each moment of the way: the statement is being prepared, is on its way to the server, has only begun.
      for (let round = 0; round < 60; round++) {
        const pending = run(`${sleeping(30)} /* ${round} */`).catch((error: unknown) => driver.classify(error).kind);
        for (let turn = 0; turn < round % 12; turn++) await new Promise(setImmediate);
        await connection.cancel?.(forEver);
        expect(await pending, `round ${round}`).toBe("cancelled");
      }
      await close();
    });

    it("goes to the very server that has the session, whatever its name leads to by then", async ({ skip }) => {
      const { host, port } = serverOptions();
      if (host !== "127.0.0.1" || port === undefined) skip("MDB_MYSQL_URL names another host than 127.0.0.1");
      // On the other server behind the name, the number of the session is somebody else's.
      let strangers = 0;
      const other = createServer((socket) => {
        strangers++;
        socket.on("error", () => undefined);
        socket.destroy();
      });
      await new Promise<void>((resolve) => other.listen(port, "127.0.0.2", resolve));
      const addresses = ["127.0.0.1"];
      const lookup = vi.spyOn(dns, "lookup").mockImplementation(((
        _: string,
        how: object,
        done: (...it: unknown[]) => void,
      ) => {
        const address = addresses.shift() ?? "127.0.0.2";
        if ("all" in how && how.all === true) done(null, [{ address, family: 4 }]);
        else done(null, address, 4);
      }) as never);
      try {
        const { connection, run, close, forEver } = await openSession({ host: "two-servers.test" });
        expect(addresses).toEqual([]);
        const pending = run(sleeping(60)).catch((error: unknown) => driver.classify(error).kind);
        await connection.cancel?.(forEver);
        expect(await pending).toBe("cancelled");
        await close();
        expect(strangers).toBe(0);
      } finally {
        lookup.mockRestore();
        await new Promise((resolve) => other.close(resolve));
      }
    });

    it("leaves no session behind", async () => {
      const { connection, run, value, close, forEver } = await openSession();
      const own = await value("select user()");
      const pending = run(sleeping(60)).catch((error: unknown) => driver.classify(error).kind);
      await connection.cancel?.(forEver);
      expect(await pending).toBe("cancelled");
      const list =
        "select count(*) as n from information_schema.processlist where command = 'Query' and info like 'kill%'";
      expect(await asAdmin(list)).toEqual([{ n: 0 }]);
      expect(await value("select user()")).toBe(own);
      await close();
    });

    it("stops a bulk load and executeMany between two statements, and nothing of them is kept", async () => {
      const { connection, run, value, close, forEver } = await openSession();
      await run("drop table if exists mdb_stopped");
      await run("create table mdb_stopped (id int)");
      let given = 0;
      async function* endless() {
        for (;;) {
          yield Array.from({ length: 500 }, () => [given++]);
          if (given === 5_000) void connection.cancel?.(forEver);
        }
      }
      const target = { table: ["mdb_stopped"], columns: ["id"] };
      const loading = Promise.resolve(connection.bulkLoad?.(target, endless(), forEver));
      const error: unknown = await loading.catch((it: unknown) => it);
      expect(driver.classify(error).kind).toBe("cancelled");
      expect(await value("select count(*) from mdb_stopped")).toBe(0);
      await close();
    });
  });
});
