import { DatabaseManager } from "@nsj/mdb-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { postgres } from "../src/index.ts";
import type { TargetSessionAttrs } from "../src/options.ts";
import { connected, failure, run, uniqueName } from "./support/driving.ts";
import { asAdmin, server, serverOptions } from "./support/server.ts";
import { strings, type WireMessage, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

let table: string;
let proxy: WireProxy | undefined;
beforeEach(async () => {
  table = uniqueName();
  await asAdmin(`create table ${table} (a int)`);
});
afterEach(async () => {
  await asAdmin(`drop table ${table}`);
  await proxy?.close();
  proxy = undefined;
});

const report = (name: string, value: string): WireMessage => ({ type: "S", body: Buffer.from(`${name}\0${value}\0`) });

/** A server that is a standby or not, and changes when `application_name` is set to "promoted" or "demoted". */
async function serverThat(isStandby: boolean): Promise<WireProxy> {
  proxy = await wireProxy(server, (message) => {
    if (message.type !== "S") return message;
    const [name, value] = strings(message);
    if (name === "in_hot_standby") return report(name, isStandby ? "on" : "off");
    if (name === "application_name" && value === "promoted") return report("in_hot_standby", "off");
    if (name === "application_name" && value === "demoted") return report("in_hot_standby", "on");
    return message;
  });
  return proxy;
}

async function fitsAfter(targetSessionAttrs: TargetSessionAttrs, isStandby: boolean, change: string): Promise<boolean> {
  const { host, port } = await serverThat(isStandby);
  const connection = await connected({ host, port, sslmode: "disable", targetSessionAttrs });
  expect(connection.fits).toBe(true);
  await run(connection, `set application_name = '${change}'`);
  return connection.fits;
}

describe("a connection", () => {
  it.each([
    ["primary", false, "demoted", false],
    ["read-write", false, "demoted", false],
    ["standby", true, "promoted", false],
    ["read-only", true, "promoted", false],
    ["prefer-standby", true, "promoted", false],
    ["prefer-standby", false, "demoted", true],
    ["any", false, "demoted", true],
    ["any", true, "promoted", true],
  ] as const)(
    "that wanted %s and got a standby (%s) which was %s then fits: %s",
    async (wanted, standby, change, fits) => {
      expect(await fitsAfter(wanted, standby, change)).toBe(fits);
    },
  );

  it("that wants to write does not fit a server that is read-only by default", async () => {
    const connection = await connected({ targetSessionAttrs: "read-write" });
    await run(connection, "set default_transaction_read_only = on");
    expect(connection.fits).toBe(false);
  });

  it("that wants to write does not fit a server that refuses to, and says that another try may do", async () => {
    for (const targetSessionAttrs of ["read-write", "primary"] as const) {
      const connection = await connected({ targetSessionAttrs });
      connection.begin({});
      // As a server does that has become a standby: nobody has asked for it.
      await run(connection, "select set_config('transaction_read_only', 'on', true)");
      const { info } = await failure(() => run(connection, `insert into ${table} values (1)`));
      expect(info).toMatchObject({ kind: "read-only", connection: "ok", retry: "transaction" });
      expect(connection.fits).toBe(false);
    }
  });

  it("fits where the caller has asked for a transaction that only reads", async () => {
    const write = `insert into ${table} values (1)`;
    const ways: Readonly<Record<string, (it: Awaited<ReturnType<typeof connected>>) => Promise<unknown>>> = {
      begin: async (it) => {
        it.begin({ readOnly: true });
        await run(it, write);
      },
      "set transaction": async (it) => {
        it.begin({});
        await run(it, "set transaction read only");
        await run(it, write);
      },
      "begin by text": async (it) => {
        await run(it, "begin read only");
        await run(it, write);
      },
    };
    for (const [way, use] of Object.entries(ways)) {
      const connection = await connected({ targetSessionAttrs: "read-write" });
      const { info } = await failure(() => use(connection));
      expect([way, info.retry, connection.fits]).toEqual([way, "never", true]);
    }
  });

  it("fits where nobody said which server it has to be", async () => {
    const connection = await connected();
    connection.begin({});
    await run(connection, "select set_config('transaction_read_only', 'on', true)");
    const { info } = await failure(() => run(connection, `insert into ${table} values (1)`));
    expect([info.retry, connection.fits]).toEqual(["never", true]);
  });
});

describe("a pool", () => {
  it("replaces a connection whose server has become a standby", async () => {
    const { host, port } = await serverThat(false);
    const options = { ...serverOptions(), host, port, sslmode: "disable", targetSessionAttrs: "primary" } as const;
    const manager = new DatabaseManager({ it: postgres({ ...options, pool: { max: 1 } }) });
    const database = manager.database("it");
    try {
      const before = await database.queryScalar("select pg_backend_pid()");
      await database.execute("set application_name = 'demoted'");
      expect(await database.queryScalar("select pg_backend_pid()")).not.toBe(before);
    } finally {
      await manager.close();
    }
  });
});
