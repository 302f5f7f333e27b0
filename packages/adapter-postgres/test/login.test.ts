import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { ConfigurationError } from "@nsj/mdb-core";
import { afterEach, describe, expect, it } from "vitest";
import { connected, connectorFor, failure, run, soon, value } from "./support/driving.ts";
import { type FakeServer, fakeServer } from "./support/fake-server.ts";
import { asAdmin, server } from "./support/server.ts";
import { type WireMessage, type WireProxy, wireProxy } from "./support/wire-proxy.ts";

const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const it of closing.splice(0)) await it.close();
});

async function proxied(change?: (message: WireMessage) => WireMessage | null): Promise<WireProxy> {
  const proxy = await wireProxy(server, change);
  closing.push(proxy);
  return proxy;
}

async function faked(...answers: Parameters<typeof fakeServer>): Promise<FakeServer> {
  const fake = await fakeServer(...answers);
  closing.push(fake);
  return fake;
}

/** Changes what the server says of itself. */
function saying(changes: Readonly<Record<string, string | null>>): (message: WireMessage) => WireMessage | null {
  return (message) => {
    if (message.type !== "S") return message;
    const [name = ""] = message.body.toString().split("\0");
    const value = Object.hasOwn(changes, name) ? changes[name] : undefined;
    if (value === undefined) return message;
    return value === null ? null : { type: "S", body: Buffer.from(`${name}\0${value}\0`) };
  };
}

const at = (...proxies: readonly { readonly host: string; readonly port: number }[]) => ({
  host: proxies.map(({ host }) => host),
  port: proxies.map(({ port }) => port),
  sslmode: "disable" as const,
});

describe("settings of the login", () => {
  it("reach the server", async () => {
    const connection = await connected({
      applicationName: "the name",
      options: "-c work_mem=17MB -c geqo=off",
      statement_timeout: 12_345,
      lock_timeout: 1_234,
      idle_in_transaction_session_timeout: 60_000,
    });
    const shown = ["application_name", "work_mem", "geqo", "statement_timeout", "lock_timeout"];
    const values = await Promise.all(shown.map((name) => value(connection, `show ${name}`)));
    expect(values).toEqual(["the name", "17MB", "off", "12345ms", "1234ms"]);
    expect(await value(connection, "show idle_in_transaction_session_timeout")).toBe("1min");
  });

  it("put several schemas on the search path, quoted", async () => {
    const connection = await connected({ schema: 'pg_catalog, "Odd, ""one"""' });
    expect(await value(connection, "show search_path")).toBe('pg_catalog, "Odd, ""one"""');
  });

  it("lead to a unix socket", async (ctx) => {
    const { rows } = await asAdmin("show unix_socket_directories");
    const directory = String(rows[0]?.["unix_socket_directories"]).split(",")[0]?.trim() ?? "";
    if (!existsSync(`${directory}/.s.PGSQL.${server.port}`)) ctx.skip("the server has no unix socket on this machine");
    const connection = await connected({ host: directory, sslmode: "verify-full" });
    expect(await value(connection, "select inet_client_addr()")).toBeNull();
    const sleeping = failure(() => run(connection, "select pg_sleep(60)"));
    await connection.cancel(soon());
    expect((await sleeping).info.kind).toBe("cancelled");
  });
});

describe("the password", () => {
  it("of a function is asked for anew at each connect, and not before", async () => {
    let asked = 0;
    const connector = connectorFor({
      password: async () => {
        asked++;
        return server.password;
      },
    });
    expect(asked).toBe(0);
    for (const times of [1, 2]) {
      await connected({}, connector);
      expect(asked).toBe(times);
    }
    await connected({ password: () => server.password });
  });

  it("that a function cannot give is told with its cause", async () => {
    const own = new Error("no token today");
    const rejected = await failure(() => connected({ password: () => Promise.reject(own) }));
    expect(rejected.info).toMatchObject({ kind: "refused", executed: "no", retry: "connect" });
    expect((rejected.error as Error).cause).toBe(own);
    const wrong = await failure(() => connected({ password: (() => 7) as unknown as () => string }));
    expect(wrong.error).toBeInstanceOf(ConfigurationError);
  });

  it("that is missing or wrong is a refused login", async () => {
    expect((await failure(() => connected({ password: "wrong" }))).info).toMatchObject({
      kind: "auth",
      sqlState: "28P01",
    });
    const { info } = await failure(() => connected({ password: undefined as unknown as string }));
    expect(info).toMatchObject({ kind: "auth", connection: "dead", executed: "no" });
  });
});

describe("several hosts", () => {
  it("are tried in order until one answers", async () => {
    const [gone, first, second] = [await faked("close"), await proxied(), await proxied()];
    const connection = await connected(at({ host: "127.0.0.1", port: 1 }, gone, first, second));
    expect(await value(connection, "select 1")).toBe(1);
    expect([gone.accepted, first.accepted, second.accepted]).toEqual([1, 1, 0]);
  });

  it.each([
    ["any", ["first"]],
    ["read-write", ["primary"]],
    ["primary", ["first"]],
    ["read-only", ["readOnly"]],
    ["standby", ["standby"]],
    ["prefer-standby", ["standby"]],
  ] as const)("are chosen by what they are: %s", async (targetSessionAttrs, [expected]) => {
    const servers = {
      readOnly: await proxied(saying({ in_hot_standby: "off", default_transaction_read_only: "on" })),
      standby: await proxied(saying({ in_hot_standby: "on", default_transaction_read_only: "off" })),
      primary: await proxied(),
    };
    const connection = await connected({
      ...at(servers.readOnly, servers.standby, servers.primary),
      targetSessionAttrs,
    });
    expect(await value(connection, "select 1")).toBe(1);
    const wanted = expected === "first" ? "readOnly" : expected;
    const open = Object.entries(servers).filter(([, { open }]) => open > 0);
    await Promise.all(Object.values(servers).map((it) => (it === servers[wanted] ? undefined : drained(it))));
    expect(open.map(([name]) => name)).toContain(wanted);
    expect(
      Object.entries(servers)
        .filter(([, it]) => it.open > 0)
        .map(([name]) => name),
    ).toEqual([wanted]);
  });

  it("are asked what they are where they do not say so by themselves", async () => {
    const silent = saying({ in_hot_standby: null, default_transaction_read_only: null });
    const only = await proxied(silent);
    await connected({ ...at(only), targetSessionAttrs: "primary" });
    await connected({ ...at(only), targetSessionAttrs: "read-write" });
    const { info, error } = await failure(() => connected({ ...at(only), targetSessionAttrs: "standby" }));
    expect(info).toMatchObject({ kind: "refused", executed: "no" });
    expect((error as Error).message).toContain('not "standby"');
  });

  it("that prefer a standby take any server when there is none", async () => {
    const [one, two] = [await proxied(), await proxied()];
    const connection = await connected({ ...at(one, two), targetSessionAttrs: "prefer-standby" });
    expect(await value(connection, "select 1")).toBe(1);
  });

  it("are not tried further after a refused login: that could only lock the account", async () => {
    const [first, second] = [await proxied(), await proxied()];
    const { info } = await failure(() => connected({ ...at(first, second), password: "wrong" }));
    expect(info.kind).toBe("auth");
    expect(second.accepted).toBe(0);
  });

  it("are tried further after one that is starting up", async () => {
    const [starting, ready] = [await faked("57P03"), await proxied()];
    await connected(at(starting, ready));
    expect(ready.accepted).toBe(1);
  });

  it("that all fail are all named", async () => {
    const [closed, starting] = [await faked("close"), await faked("57P03")];
    const { error, info } = await failure(() => connected(at(closed, starting)));
    expect(info).toMatchObject({ kind: "refused", connection: "dead", executed: "no", retry: "connect" });
    expect((error as Error).message).toContain(`127.0.0.1:${closed.port}`);
    expect((error as Error).message).toContain(`127.0.0.1:${starting.port}: `);
    expect((error as Error).message).toContain("57P03");
  });

  it("share the time: one that is silent leaves enough for the next", async () => {
    const [silent, ready] = [await faked("silence"), await proxied()];
    const connection = await connectorFor(at(silent, ready)).connect(soon(4_000));
    expect(connection.usable).toBe(true);
    connection.destroy();
    const quick = await connectorFor({ ...at(silent, ready), connectionTimeoutMillis: 100 }).connect(soon(60_000));
    quick.destroy();
    await drained(silent);
  });

  it("are taken in random order where that is asked for", async () => {
    const [one, two] = [await proxied(), await proxied()];
    const connector = connectorFor({ ...at(one, two), loadBalanceHosts: "random" });
    // The odds that forty connects all go one way are about one in a million millions.
    for (let count = 0; count < 40 && (one.accepted === 0 || two.accepted === 0); count++) {
      (await connector.connect(soon())).destroy();
    }
    expect(one.accepted).toBeGreaterThan(0);
    expect(two.accepted).toBeGreaterThan(0);
  });
});

describe("a connect that fails", () => {
  it.each(["silence", "silence after the startup"] as const)("by its deadline leaves no socket: %s", async (answer) => {
    const fake = await faked(answer);
    const deadline = performance.now() + 200;
    const { info } = await failure(() => connectorFor(at(fake)).connect({ deadline }));
    expect(info).toMatchObject({ kind: "connect-timeout", connection: "dead", executed: "no", retry: "connect" });
    await drained(fake);
  });

  it("by its signal leaves no socket, and carries the reason", async () => {
    const fake = await faked("silence after the startup");
    const controller = new AbortController();
    const connecting = failure(() => connectorFor(at(fake)).connect({ ...soon(), signal: controller.signal }));
    await fake.connected();
    const reason = new Error("not needed any more");
    controller.abort(reason);
    const { error, info } = await connecting;
    expect(info).toMatchObject({ kind: "cancelled", connection: "dead", executed: "no" });
    expect((error as Error).cause).toBe(reason);
    await drained(fake);
    const late = await failure(() => connectorFor(at(fake)).connect({ ...soon(), signal: controller.signal }));
    expect(late.info.kind).toBe("cancelled");
    await drained(fake);
  });

  it("while the password is being fetched settles by its deadline", async () => {
    const connector = connectorFor({ password: () => new Promise<string>(() => undefined) });
    const { info } = await failure(() => connector.connect(soon(200)));
    expect(info.kind).toBe("connect-timeout");
  });

  it("while its session is set up settles by its deadline", async () => {
    const proxy = await proxied();
    const connector = connectorFor({ ...at(proxy), schema: "public" });
    const original = proxy.hold("C");
    const { info } = await failure(() => connector.connect(soon(1_000)));
    await original;
    expect(info.kind).toBe("connect-timeout");
    await drained(proxy);
  });

  it("because nobody listens, or no such host exists, says so", async () => {
    const probe = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => probe.once("listening", resolve));
    const address = probe.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await new Promise((resolve) => probe.close(resolve));
    const nobody = await failure(() => connected({ host: "127.0.0.1", port }));
    expect(nobody.info).toMatchObject({ kind: "refused", code: "ECONNREFUSED", executed: "no" });
    const nowhere = await failure(() => connected({ host: "no-such-host.invalid" }));
    expect(nowhere.info).toMatchObject({ kind: "refused", executed: "no" });
  });

  it.each(["nonsense", "an oversized answer", "close", "57P03", "53300"] as const)(
    "because of %s says so",
    async (answer) => {
      const fake = await faked(answer);
      const { info } = await failure(() => connected(at(fake)));
      expect(info).toMatchObject({ connection: "dead", executed: "no" });
      expect(["refused", "too-many-connections", "connect-timeout"]).toContain(info.kind);
      await drained(fake);
    },
  );

  it("because the server cannot prove that it knows the password is given up", async () => {
    const fake = await faked("a login without proof");
    const { error } = await failure(() => connected(at(fake)));
    expect((error as Error).message).toContain("without proving that it knows the password");
    await drained(fake);
  });
});

/** Resolves when no client holds a connection; the test's own time limit is the limit. */
async function drained(it: { readonly open: number }): Promise<void> {
  while (it.open > 0) await new Promise((resolve) => setImmediate(resolve));
}
