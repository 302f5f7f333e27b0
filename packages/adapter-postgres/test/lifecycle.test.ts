import { spawnSync } from "node:child_process";
import type { EventEmitter } from "node:events";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { connected, connectorFor, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server, untilActive } from "./support/server.ts";
import { wireProxy } from "./support/wire-proxy.ts";

async function kill(pid: unknown): Promise<void> {
  await asAdmin("select pg_terminate_backend($1)", [pid]);
}

const ownPid = "select pg_backend_pid()";

describe("a backend that is killed", () => {
  it("while it is idle is told once, and nothing is sent after it", async () => {
    const connection = await connected();
    const told: unknown[] = [];
    const fatal = new Promise<void>((resolve) => {
      connection.onFatal = (error) => {
        told.push(error);
        resolve();
      };
    });
    await kill(await value(connection, ownPid));
    await fatal;
    expect(connection.usable).toBe(false);
    expect(connection.txStatus).toBe("unknown");
    const { info } = await failure(() => run(connection, "select 1"));
    expect(info).toMatchObject({ kind: "lost", connection: "dead", executed: "no" });
    expect(() => connection.begin({})).toThrow();
    await connection.close(soon());
    connection.destroy();
    expect(told).toHaveLength(1);
  });

  it("in a query rejects it, and nobody is told twice", async () => {
    const connection = await connected();
    const pid = await value(connection, ownPid);
    let told = 0;
    connection.onFatal = () => told++;
    const both = ["select pg_sleep(60)", "select 1"].map((text) => failure(() => run(connection, text)));
    await untilActive(pid, "pg_sleep");
    await kill(pid);
    for (const { info } of await Promise.all(both)) {
      expect(info).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    }
    expect(connection.usable).toBe(false);
    expect(told).toBe(0);
  });

  it("in a transaction is told, and its rollback has nothing to do", async () => {
    const connection = await connected();
    connection.begin({});
    const pid = await value(connection, ownPid);
    const fatal = new Promise((resolve) => {
      connection.onFatal = resolve;
    });
    await kill(pid);
    await fatal;
    expect(connection.usable).toBe(false);
    expect((await failure(() => connection.commit())).info).toMatchObject({ kind: "lost", executed: "no" });
  });

  it("during COMMIT leaves its outcome open", async () => {
    const table = uniqueName("commit");
    await asAdmin(
      `create table ${table} (id int);
       create function ${table}_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
       create constraint trigger slow after insert on ${table} deferrable initially deferred for each row execute function ${table}_slow()`,
    );
    try {
      const connection = await connected();
      connection.begin({});
      const pid = await value(connection, ownPid);
      await run(connection, `insert into ${table} values (1)`);
      const committing = failure(() => connection.commit());
      await untilActive(pid, "^commit");
      await kill(pid);
      expect((await committing).info).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    } finally {
      await asAdmin(`drop table ${table}; drop function ${table}_slow`);
    }
  });

  it("while a held BEGIN waits takes the first statement with it", async () => {
    const connection = await connected();
    const pid = await value(connection, ownPid);
    connection.begin({});
    const fatal = new Promise((resolve) => {
      connection.onFatal = resolve;
    });
    await kill(pid);
    await fatal;
    expect((await failure(() => run(connection, "select 1"))).info).toMatchObject({ kind: "lost", executed: "no" });
  });
});

describe("a server that says what nobody understands", () => {
  it.each(["T", "D", "C"])("costs the connection, and no statement waits for ever: in place of %s", async (type) => {
    const proxy = await wireProxy(server, (message) => (message.type === type ? { ...message, type: "y" } : message));
    try {
      const connection = await connected({ host: proxy.host, port: proxy.port, sslmode: "disable" });
      const both = ["select 1", "select 2"].map((text) => failure(() => run(connection, text)));
      for (const { info } of await Promise.all(both))
        expect(info).toMatchObject({ connection: "dead", executed: "maybe" });
      expect(connection.usable).toBe(false);
    } finally {
      await proxy.close();
    }
  });
});

describe("pg's own client", () => {
  it("that is ended behind our back ends the connection, and no statement waits for ever", async () => {
    const connection = await connected();
    const ending = (connection.raw() as { end(): Promise<void> }).end();
    const { info } = await failure(() => run(connection, "select 1"));
    expect(info).toMatchObject({ kind: "lost", connection: "dead" });
    await ending;
    expect(connection.usable).toBe(false);
  });

  it("may run statements of its own among ours", async () => {
    const connection = await connected();
    const client = connection.raw() as pg.Client;
    const results = await Promise.allSettled([
      value(connection, "select 1"),
      client.query("select 2 as n").then(({ rows }) => rows[0]?.n),
      value(connection, "select 1 / 0"),
      client.query("select 3 / 0"),
      value(connection, "select 4"),
    ]);
    expect(results.map((it) => (it.status === "fulfilled" ? it.value : "failed"))).toEqual([
      1,
      2,
      "failed",
      "failed",
      4,
    ]);
  });
});

describe("idle limits of the server", () => {
  it("end the connection as a loss, by their own code", async () => {
    const connection = await connected({ idle_in_transaction_session_timeout: 50 });
    const fatal = new Promise<unknown>((resolve) => {
      connection.onFatal = resolve;
    });
    connection.begin({});
    await run(connection, "select 1");
    expect(await fatal).toMatchObject({ code: "25P03" });
    expect(connection.usable).toBe(false);
  });
});

describe("destroy", () => {
  it("rejects everything under way, is silent, and may be called at any time", async () => {
    const connection = await connected();
    connection.onFatal = () => expect.unreachable("destroy() is no surprise");
    const pending = [1, 2, 3].map((n) => failure(() => run(connection, `select pg_sleep(60), ${n}`)));
    connection.destroy(new Error("enough"));
    connection.destroy();
    expect(connection.usable).toBe(false);
    for (const { info } of await Promise.all(pending)) {
      expect(info).toMatchObject({ kind: "lost", connection: "dead", executed: "maybe" });
    }
  });
});

describe("close", () => {
  it("says goodbye, so that the server's session is gone, with its transaction", async () => {
    const table = uniqueName("close");
    await asAdmin(`create table ${table} (id int)`);
    try {
      const proxy = await wireProxy(server);
      const connection = await connected({ host: proxy.host, port: proxy.port, sslmode: "disable" });
      const pid = await value(connection, ownPid);
      connection.begin({});
      await run(connection, `insert into ${table} values (1)`);
      await connection.close(soon());
      expect(connection.usable).toBe(false);
      expect(proxy.said.at(-1)?.type).toBe("X");
      await proxy.close();
      while ((await asAdmin("select 1 from pg_stat_activity where pid = $1", [pid])).rowCount !== 0);
      expect((await asAdmin(`select * from ${table}`)).rowCount).toBe(0);
    } finally {
      await asAdmin(`drop table ${table}`);
    }
  });

  it("with a statement under way rejects that", async () => {
    const connection = await connected();
    const pending = failure(() => run(connection, "select pg_sleep(60)"));
    await connection.close(soon());
    expect((await pending).info).toMatchObject({ kind: "lost", connection: "dead" });
  });
});

describe("ping", () => {
  it("works outside and inside a transaction, failed or not, and changes nothing", async () => {
    const connection = await connected();
    await connection.ping(soon());
    connection.begin({});
    await connection.ping(soon());
    expect(connection.txStatus).toBe("active");
    await failure(() => run(connection, "select 1 / 0"));
    await connection.ping(soon());
    expect(connection.txStatus).toBe("failed");
    await connection.rollback();
  });

  it("that is not answered by its deadline costs the connection", async () => {
    const proxy = await wireProxy(server);
    const connection = await connected({ host: proxy.host, port: proxy.port, sslmode: "disable" });
    const holding = proxy.hold("I");
    const { info } = await failure(() => connection.ping(soon(200)));
    expect(info).toMatchObject({ kind: "lost", connection: "dead" });
    expect(connection.usable).toBe(false);
    await holding;
    await proxy.close();
  });
});

describe("ten thousand statements", () => {
  it("add no listener anywhere", async () => {
    const connection = await connected();
    const client = connection.raw() as EventEmitter & { connection: EventEmitter & { stream: EventEmitter } };
    const emitters = [client, client.connection, client.connection.stream];
    const count = () =>
      emitters.map((emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)]));
    await run(connection, "select 1");
    const before = count();
    for (let round = 0; round < 100; round++) {
      await Promise.allSettled(
        Array.from({ length: 100 }, (_, n) =>
          run(connection, n % 10 === 0 ? "select 1 / 0" : "select $1::int", n % 10 === 0 ? [] : [n]),
        ),
      );
    }
    expect(count()).toEqual(before);
  });
});

describe("an idle connection", () => {
  it("does not keep the process when it is let go of, and does when it is held", () => {
    const { host, port, user, password, database } = server;
    const script = `
      const { postgresDriver } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
      const options = ${JSON.stringify({ host, port, user, password, database })};
      const connection = await postgresDriver.connector(options).connect({ deadline: performance.now() + 10_000 });
      const isHeld = () => process.getActiveResourcesInfo().includes("TCPSocketWrap");
      const seen = [isHeld()];
      connection.unref();
      seen.push(isHeld());
      connection.ref();
      seen.push(isHeld());
      connection.unref();
      process.on("exit", () => process.stdout.write(JSON.stringify(seen)));`;
    const child = spawnSync(process.execPath, ["--conditions=mdb:source", "--input-type=module", "-e", script], {
      timeout: 20_000,
      encoding: "utf8",
    });
    expect(child).toMatchObject({ status: 0, stdout: "[true,false,true]" });
  });
});

describe("many connections at once", () => {
  it("are opened independently, and an aborted one disturbs none of the others", async () => {
    const connector = connectorFor();
    const controller = new AbortController();
    const connecting = Array.from({ length: 10 }, (_, n) =>
      connector.connect(n === 5 ? { ...soon(), signal: controller.signal } : soon()),
    );
    controller.abort();
    const results = await Promise.allSettled(connecting);
    expect(results.map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, (_, n) => (n === 5 ? "rejected" : "fulfilled")),
    );
    for (const result of results) if (result.status === "fulfilled") result.value.destroy();
  });
});
