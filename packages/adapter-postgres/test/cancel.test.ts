import { afterEach, describe, expect, it } from "vitest";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server, untilActive } from "./support/server.ts";
import { type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let proxy: WireProxy | undefined;

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
});

describe("cancel", () => {
  it("stops the statement on the server and leaves the connection usable", async () => {
    const connection = await connected();
    const pid = await value(connection, "select pg_backend_pid()");
    const sleeping = failure(() => run(connection, "select pg_sleep(60)"));
    await connection.cancel(soon());
    expect((await sleeping).info).toMatchObject({ kind: "cancelled", connection: "ok", sqlState: "57014" });
    expect(await value(connection, "select 1")).toBe(1);
    const { rows } = await asAdmin("select state from pg_stat_activity where pid = $1", [pid]);
    expect(rows).toEqual([{ state: "idle" }]);
  });

  it("leaves a transaction failed, which can be rolled back", async () => {
    const connection = await connected();
    const pid = await value(connection, "select pg_backend_pid()");
    connection.begin({});
    const sleeping = failure(() => run(connection, "select pg_sleep(60)"));
    // Earlier it could hit the BEGIN that travels ahead.
    await untilActive(pid, "pg_sleep");
    await connection.cancel(soon());
    await sleeping;
    expect(connection.txStatus).toBe("failed");
    await connection.rollback();
    expect(connection.txStatus).toBe("idle");
  });

  it("does nothing, and sends nothing, when nothing runs", async () => {
    proxy = await wireProxy(server);
    const connection = await connected({ host: proxy.host, port: proxy.port, sslmode: "disable" });
    const { accepted } = proxy;
    await connection.cancel(soon());
    expect(proxy.accepted).toBe(accepted);
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("never hits the next statement, however the two race", async () => {
    const connection = await connected();
    let cancelled = 0;
    for (let round = 0; round < 200; round++) {
      // Statements from far too short to somewhat too long for the request to catch.
      const first = run(connection, "select pg_sleep($1)", [(round % 20) / 2_000]).then(
        () => false,
        () => true,
      );
      const cancelling = connection.cancel(soon());
      if (await first) cancelled++;
      // Long enough that a request which is still on its way would find it.
      expect(await value(connection, "select $1::int4 from (select pg_sleep(0.02)) s", [round])).toBe(round);
      await cancelling;
      expect(connection.usable).toBe(true);
    }
    expect(cancelled).toBeGreaterThan(0);
  });

  it("is repeated where it came before the server had read the statement", async () => {
    const connection = await connected();
    for (let round = 0; round < 10; round++) {
      const sleeping = failure(() => run(connection, "select pg_sleep(60)"));
      await connection.cancel(soon());
      expect((await sleeping).info.kind).toBe("cancelled");
    }
  });

  it("stops the read of a stream, a call, many sets and a bulk load whose source is stuck", async () => {
    const table = uniqueName("cancel");
    await asAdmin(`create table ${table} (id int)`);
    try {
      const connection = await connected();
      const stuck: AsyncIterable<never> = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
      };
      const pid = await value(connection, "select pg_backend_pid()");
      const works: readonly (readonly [string, string, () => unknown])[] = [
        [
          "a stream",
          "pg_sleep\\(n",
          async () => {
            const stream = connection.stream(
              { text: "select n, pg_sleep(n - 1) from generate_series(1, 100) n", values: [] },
              { ...soon(), fetchSize: 1 },
            );
            try {
              while ((await stream.read()) !== null);
            } finally {
              await stream.close();
            }
          },
        ],
        [
          "a call",
          '"pg_sleep"',
          () => connection.call({ procedure: ["pg_sleep"], parameters: [{ name: "s", value: 60 }] }, soon()),
        ],
        ["many sets", "pg_sleep\\(\\$1", () => connection.executeMany("select pg_sleep($1)", [[0], [60]], soon())],
        ["a bulk load", "^copy", () => connection.bulkLoad({ table: [table], columns: ["id"] }, stuck, soon())],
      ];
      for (const [name, pattern, work] of works) {
        const failing = failure(work);
        await untilActive(pid, pattern);
        await connection.cancel(soon());
        expect((await failing).info, name).toMatchObject({ kind: "cancelled", connection: "ok" });
        expect(await value(connection, "select 1"), name).toBe(1);
      }
    } finally {
      await asAdmin(`drop table ${table}`);
    }
  });

  it("that cannot be sent in time ends the connection rather than leaving it in doubt", async () => {
    proxy = await wireProxy(server);
    const connection = await connected({ host: proxy.host, port: proxy.port, sslmode: "disable" });
    const sleeping = failure(() => run(connection, "select pg_sleep(60)"));
    const endpoint = proxy;
    proxy = undefined;
    // Nobody listens there any more, and the connection that is open has lost its way.
    await endpoint.close();
    await sleeping;
    expect(connection.usable).toBe(false);
    await connection.cancel(soon(500));
  });
});
