import { afterEach, describe, expect, it } from "vitest";
import type { PostgresOptions } from "../src/index.ts";
import { connected, failure, run, soon, uniqueName, value } from "./support/driving.ts";
import { asAdmin, server } from "./support/server.ts";
import { strings, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let proxy: WireProxy | undefined;
const tables: string[] = [];

afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  for (const table of tables.splice(0)) await asAdmin(`drop table if exists ${table} cascade`);
});

async function behindProxy(more: PostgresOptions = {}) {
  const started = await wireProxy(server);
  proxy = started;
  const connection = await connected({ host: started.host, port: started.port, sslmode: "disable", ...more });
  started.said.length = 0;
  return { connection, proxy: started };
}

async function madeTable(columns = "id int primary key"): Promise<string> {
  const table = uniqueName("tx");
  tables.push(table);
  await asAdmin(`create table ${table} (${columns})`);
  return table;
}

describe("begin", () => {
  it("is held back, and travels with the first statement in one write up to one Sync", async () => {
    const { connection, proxy } = await behindProxy();
    connection.begin({ isolation: "repeatable read", readOnly: true, deferrable: false });
    expect(connection.txStatus).toBe("active");
    expect(proxy.said).toHaveLength(0);
    const chunks = proxy.chunks;
    expect(await value(connection, "show transaction_isolation")).toBe("repeatable read");
    expect(proxy.chunks - chunks).toBe(1);
    expect(proxy.said.filter(({ type }) => type === "P").map((it) => strings(it)[1])).toEqual([
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY NOT DEFERRABLE",
      "show transaction_isolation",
    ]);
    expect(proxy.said.filter(({ type }) => type === "S")).toHaveLength(1);
    expect(await value(connection, "show transaction_read_only")).toBe("on");
    await connection.commit();
    expect(connection.txStatus).toBe("idle");
  });

  it("costs nothing when nothing follows it", async () => {
    const { connection, proxy } = await behindProxy();
    connection.begin({});
    await connection.commit();
    connection.begin({});
    await connection.rollback();
    connection.begin({});
    await connection.reset({ scope: "transaction" }, soon());
    expect(connection.txStatus).toBe("idle");
    expect(proxy.said).toHaveLength(0);
  });

  it("goes ahead of whatever comes first", async () => {
    const table = await madeTable();
    const connection = await connected();
    const first: readonly (readonly [string, () => unknown])[] = [
      ["a query", () => run(connection, "select 1")],
      ["a script", () => run(connection, "select 1; select 2")],
      ["a savepoint", () => connection.savepoint("s1")],
      ["many sets", () => connection.executeMany(`insert into ${table} values ($1)`, [[1], [2]], soon())],
      ["a bulk load", () => connection.bulkLoad({ table: [table], columns: ["id"] }, batches([[3], [4]]), soon())],
      [
        "a stream",
        async () => {
          const stream = connection.stream({ text: "select 1", values: [] }, { ...soon(), fetchSize: 10 });
          await stream.read();
          await stream.close();
        },
      ],
      ["a call", () => connection.call({ procedure: ["now"], parameters: [] }, soon())],
    ];
    for (const [name, work] of first) {
      connection.begin({ isolation: "serializable" });
      await work();
      expect(connection.txStatus, name).toBe("active");
      expect(await value(connection, "show transaction_isolation"), name).toBe("serializable");
      await connection.rollback();
      expect(connection.txStatus, name).toBe("idle");
    }
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("stays held back when a parameter of the first statement cannot be sent", async () => {
    const connection = await connected();
    connection.begin({});
    const { info } = await failure(() => run(connection, "select $1", new Array(70_000).fill(1)));
    expect(info).toMatchObject({ kind: "parameter", executed: "no" });
    expect(connection.txStatus).toBe("active");
    await connection.rollback();
    expect(connection.txStatus).toBe("idle");
  });

  it("leaves a failed transaction behind when the first statement fails, and nothing of it stays", async () => {
    const table = await madeTable();
    const connection = await connected();
    connection.begin({});
    expect((await failure(() => run(connection, "select 1 / 0"))).info).toMatchObject({
      kind: "value",
      executed: "yes",
    });
    expect(connection.txStatus).toBe("failed");
    const { info } = await failure(() => run(connection, `insert into ${table} values (1)`));
    expect(info).toMatchObject({ kind: "transaction-aborted", connection: "ok", executed: "no" });
    await connection.rollback();
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("that fails by itself takes every statement behind it with it: none runs outside the transaction", async () => {
    const table = await madeTable();
    // A server that will not begin: the text is changed on its way, as a cancellation would have it fail.
    const connection = await connected({ preparedStatements: false });
    const raw = connection.raw() as { connection: { parse(message: { text: string }): void } };
    const parse = raw.connection.parse.bind(raw.connection);
    raw.connection.parse = (message) =>
      parse(message.text === "BEGIN" ? { ...message, text: "BEGIN NOTHING" } : message);
    connection.begin({});
    const results = await Promise.allSettled(
      [1, 2, 3].map((id) => run(connection, `insert into ${table} values ($1)`, [id])),
    );
    raw.connection.parse = parse;
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("is refused where a transaction is open already", async () => {
    const connection = await connected();
    await run(connection, "begin");
    expect(() => connection.begin({})).toThrow(/open on this connection already/);
    await connection.rollback();
  });
});

describe("commit", () => {
  it("rejects when the server rolls back instead", async () => {
    const table = await madeTable();
    const connection = await connected();
    connection.begin({});
    await run(connection, `insert into ${table} values (1)`);
    await failure(() => run(connection, "select 1 / 0"));
    const { info } = await failure(() => connection.commit());
    expect(info).toMatchObject({ kind: "transaction-aborted", connection: "ok" });
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("rejects with the server's error when a deferred constraint says no", async () => {
    const table = await madeTable("id int unique deferrable initially deferred");
    const connection = await connected();
    connection.begin({});
    await run(connection, `insert into ${table} values (1), (1)`);
    const { info } = await failure(() => connection.commit());
    expect(info).toMatchObject({ kind: "unique", table, connection: "ok" });
    expect(connection.txStatus).toBe("idle");
  });

  it("rejects when there is no transaction any more", async () => {
    const connection = await connected();
    connection.begin({});
    await run(connection, "select 1");
    await run(connection, "commit");
    expect(connection.txStatus).toBe("idle");
    expect((await failure(() => connection.commit())).info.kind).toBe("transaction-aborted");
  });

  it("of serializable transactions that contradict each other fails for one of them", async () => {
    const table = await madeTable("id int");
    const [one, two] = [await connected(), await connected()];
    for (const it of [one, two]) {
      it.begin({ isolation: "serializable" });
      await run(it, `select count(*) from ${table}`);
    }
    await run(one, `insert into ${table} values (1)`);
    await run(two, `insert into ${table} values (2)`);
    await one.commit();
    const { info } = await failure(() => two.commit());
    expect(info).toMatchObject({ kind: "serialization", retry: "transaction" });
    expect(two.txStatus).toBe("idle");
  });
});

describe("pipelined statements", () => {
  it("are answered in order, each with its own fate, and the status is known when one rejects", async () => {
    const connection = await connected();
    const statuses: string[] = [];
    const results = await Promise.allSettled(
      ["select 1", "select 1 / 0", "select 2", "selec", "select 3"].map((text) =>
        value(connection, text).finally(() => statuses.push(connection.txStatus)),
      ),
    );
    expect(results.map((it) => (it.status === "fulfilled" ? it.value : "failed"))).toEqual([
      1,
      "failed",
      2,
      "failed",
      3,
    ]);
    expect(statuses).toEqual(["idle", "idle", "idle", "idle", "idle"]);
  });

  it("of one transaction stop at the first that fails", async () => {
    const table = await madeTable();
    const connection = await connected();
    connection.begin({});
    const results = await Promise.allSettled(
      [1, 1, 2].map((id) => run(connection, `insert into ${table} values ($1)`, [id])),
    );
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(connection.txStatus).toBe("failed");
    await connection.rollback();
    expect(await value(connection, `select count(*) from ${table}`)).toBe(0);
  });

  it("reject only when the status after the error has come in", async () => {
    const { connection, proxy } = await behindProxy();
    connection.begin({});
    await run(connection, "select 1");
    const holding = proxy.hold("Z");
    let settled = false;
    const failing = failure(() => run(connection, "select 1 / 0")).finally(() => {
      settled = true;
    });
    const release = await holding;
    // The error is on its way; a later message of the same connection can be read only after it.
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    release();
    await failing;
    expect(connection.txStatus).toBe("failed");
    await connection.rollback();
  });
});

describe("savepoints", () => {
  it("bring a failed transaction back", async () => {
    const table = await madeTable();
    const connection = await connected();
    connection.begin({});
    await run(connection, `insert into ${table} values (1)`);
    await connection.savepoint("s1");
    await failure(() => run(connection, `insert into ${table} values (1)`));
    expect(connection.txStatus).toBe("failed");
    await connection.rollbackTo("s1");
    expect(connection.txStatus).toBe("active");
    await connection.releaseSavepoint("s1");
    await run(connection, `insert into ${table} values (2)`);
    await connection.commit();
    expect(await value(connection, `select count(*) from ${table}`)).toBe(2);
  });
});

describe("reset", () => {
  it("puts everything of the session back, and keeps the prepared statements", async () => {
    const schema = uniqueName("reset");
    const role = uniqueName("role");
    await asAdmin(`create schema ${schema}; create role ${role}`);
    try {
      const { connection, proxy } = await behindProxy({ schema: `${schema}, public`, statement_timeout: 70_000 });
      for (let use = 0; use < 3; use++) await run(connection, "select $1::int4", [use]);
      await run(
        connection,
        `set work_mem to '17MB'; set search_path to pg_catalog; set statement_timeout to 60000; set role ${role}; reset role;
         create temp table leftover (id int); select pg_advisory_lock(4712); listen something; create temp sequence s;
         select nextval('s'); declare c cursor with hold for select 1; set session authorization ${role}`,
      );
      connection.begin({});
      await failure(() => run(connection, "select 1 / 0"));
      expect(await connection.reset({ scope: "session" }, soon())).toBe("done");
      expect(connection.txStatus).toBe("idle");
      const { rows } = await run(
        connection,
        `select current_setting('work_mem') <> '17MB', current_setting('search_path'), current_setting('statement_timeout'),
          current_user = session_user, current_user = '${server.user}', to_regclass('leftover'),
          (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()),
          (select count(*) from pg_cursors where is_holdable), (select count(*) from pg_listening_channels())`,
      );
      expect(rows).toEqual([[true, `${schema}, public`, "70s", true, true, null, 0, 0, 0]]);
      proxy.said.length = 0;
      await run(connection, "select $1::int4", [1]);
      expect(proxy.said.some(({ type }) => type === "P")).toBe(false);
    } finally {
      await asAdmin(`drop schema ${schema}; drop role ${role}`);
    }
  });

  it("of a transaction rolls back and does no more", async () => {
    const { connection, proxy } = await behindProxy();
    expect(await connection.reset({ scope: "transaction" }, soon())).toBe("done");
    expect(proxy.said).toHaveLength(0);
    await run(connection, "set work_mem to '17MB'");
    await run(connection, "begin");
    await connection.reset({ scope: "transaction" }, soon());
    expect(connection.txStatus).toBe("idle");
    expect(await value(connection, "show work_mem")).toBe("17MB");
  });

  it.each(["discard all", "reset all", "reset search_path"])("the schema survives %s", async (command) => {
    const schema = uniqueName("kept");
    await asAdmin(`create schema ${schema}`);
    try {
      const connection = await connected({ schema });
      expect(await value(connection, "show search_path")).toBe(schema);
      await run(connection, command);
      expect(await value(connection, "show search_path")).toBe(schema);
      await run(connection, `select 1; ${command === "discard all" ? "reset all" : command}`);
      expect(await value(connection, "show search_path")).toBe(schema);
    } finally {
      await asAdmin(`drop schema ${schema}`);
    }
  });
});

async function* batches(...all: number[][][]) {
  yield* all;
}
