import { inspect } from "node:util";
import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type OracleOptions, oracle, oracleDriver } from "../src/index.ts";
import { readSettings } from "../src/options.ts";
import { targetOf } from "../src/target.ts";

const good: OracleOptions = { user: "scott", password: "s3cret", connectString: "db:1521/ORCLPDB1" };

function refused(options: unknown): ConfigurationError {
  try {
    oracleDriver.connector(options as OracleOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

describe("options", () => {
  it("are checked by name, with the nearest one suggested", () => {
    const error = refused({ ...good, conectString: "db" });
    expect(error.message).toContain('unknown option "conectString"');
    expect(error.message).toContain('"connectString"');
  });

  it.each(["connectString", "user"])("are no guess where %s comes from a variable that is not set", (key) => {
    for (const unset of [undefined, "", " "]) {
      const error = refused({ user: "app", password: "p", connectString: "db/orders", [key]: unset });
      expect(error.key).toBe(key);
      expect(error.message).toContain("not set");
    }
  });

  it.each([
    [{ connectString: undefined }, "connectString"],
    [{ connectString: "  " }, "connectString"],
    [{ connectString: 1521 }, "connectString"],
    [{ user: undefined }, "user"],
    [{ user: 7 }, "user"],
    [{ password: 7 }, "password"],
    [{ schema: "" }, "schema"],
    [{ schema: 'a"b' }, "schema"],
    [{ fetchArraySize: 0 }, "fetchArraySize"],
    [{ fetchArraySize: "100" }, "fetchArraySize"],
    [{ stmtCacheSize: -1 }, "stmtCacheSize"],
    [{ sslServerDNMatch: "yes" }, "sslServerDNMatch"],
  ])("refuses %j", (wrong, key) => {
    expect(refused({ ...good, ...wrong }).key).toBe(key);
  });

  it("need no user with a token", () => {
    expect(() => readSettings({ connectString: "db", externalAuth: true, accessToken: "t0ken" })).not.toThrow();
  });

  it("never show a secret", () => {
    const secrets: Partial<OracleOptions> = {
      password: "s3cret",
      walletPassword: "s3cret",
      walletContent: "s3cret",
      accessToken: { token: "s3cret" },
      accessTokenConfig: { key: "s3cret" },
    };
    const options = { ...good, externalAuth: true, ...secrets };
    expect(inspect(oracleDriver.connector(options), { depth: 9 })).not.toContain("s3cret");
    expect(inspect(oracle({ ...good, ...secrets }), { depth: 9 })).not.toContain("s3cret");
    expect(refused({ ...good, walletPassword: 4711 }).message).not.toContain("4711");
  });

  it("are copied: changing them later changes nothing", async () => {
    const options = { ...good, connectString: "db:1521/one" };
    const settings = readSettings(options);
    options.connectString = "db:1521/two";
    options.password = "other";
    expect(settings.connectString).toBe("db:1521/one");
    expect(await settings.password()).toBe("s3cret");
  });

  it("call a password function anew each time", async () => {
    let calls = 0;
    const settings = readSettings({ ...good, password: () => `secret ${++calls}` });
    expect([await settings.password(), await settings.password()]).toEqual(["secret 1", "secret 2"]);
  });

  it("tell of a password function that fails, and of one that gives no text", async () => {
    const own = new Error("no token");
    const settings = readSettings({ ...good, password: () => Promise.reject(own) });
    await expect(settings.password()).rejects.toMatchObject({
      cause: own,
      info: { kind: "refused", retry: "connect" },
    });
    const wrong = readSettings({ ...good, password: (() => 7) as unknown as () => string });
    await expect(wrong.password()).rejects.toThrow(ConfigurationError);
  });

  it("go to oracledb as they are, but for those of this package", () => {
    const { native } = readSettings({ ...good, schema: "hr", fetchArraySize: 10, sdu: 4096, useSNI: true });
    expect(Object.getOwnPropertyNames(native).toSorted()).toEqual(
      ["connectString", "sdu", "stmtCacheSize", "useSNI", "user"].toSorted(),
    );
  });
});

describe("a URL", () => {
  it.each([
    ["oracle://scott:tiger@db/ORCL", { user: "scott", password: "tiger", connectString: "tcp://db:1521/ORCL" }],
    ["oracle://db:1522/ORCL", { connectString: "tcp://db:1522/ORCL" }],
    ["oracledb://a%40b:p%3Aw%2F@db/s", { user: "a@b", password: "p:w/", connectString: "tcp://db:1521/s" }],
    ["oracle://db/?service_name=a.b.c", { connectString: "tcp://db:1521/a.b.c" }],
    ["oracle://db/s?encoding=UTF-8&nencoding=UTF-8", { connectString: "tcp://db:1521/s" }],
    ["oracle://db/s?protocol=tcps", { connectString: "tcps://db:1521/s" }],
    ["oracle://db/s?server=pooled", { connectString: "tcp://db:1521/s:pooled" }],
    ["oracle://db/s?schema=hr", { schema: "hr", connectString: "tcp://db:1521/s" }],
    [
      "oracle://db/s?connect_timeout=5&retry_count=2",
      { connectString: "tcp://db:1521/s?connect_timeout=5&retry_count=2" },
    ],
    [
      "oracle://db/?sid=ORCL",
      { connectString: "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=db)(PORT=1521))(CONNECT_DATA=(SID=ORCL)))" },
    ],
  ])("%s", (url, options) => {
    expect(oracleDriver.parseUrl(url)).toEqual(options);
  });

  it.each([
    "oracle://scott:s3cret@db",
    "oracle://scott:s3cret@db/s?pool_max=5",
    "oracle://s3cret@:x/",
    "s3cret",
    "oracle://scott:12#s3cret@db/s",
    "oracle://scott:12?s3cret@db/s",
    "oracle://scott:12/s3cret@db",
  ])("that cannot be read is refused without showing it", (url) => {
    expect(() => oracleDriver.parseUrl(url)).toThrow(ConfigurationError);
    expect(() => oracleDriver.parseUrl(url)).not.toThrow(/s3cret/);
  });
});

describe("what messages call the server", () => {
  it.each([
    ["db:1521/ORCL", { address: "db:1521", database: "ORCL", user: "scott" }],
    ["tcps://db/ORCL?wallet_location=/w", { address: "db:1521", database: "ORCL", user: "scott" }],
    ["//db/ORCL:pooled", { address: "db:1521", database: "ORCL", user: "scott" }],
    ["[::1]:1522/ORCL", { address: "[::1]:1522", database: "ORCL", user: "scott" }],
    ["erp", { address: "erp", user: "scott" }],
    [
      "(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=db)(PORT=1523))(CONNECT_DATA=(SERVICE_NAME=erp)))",
      { address: "db:1523", database: "erp", user: "scott" },
    ],
    ["(DESCRIPTION=(ADDRESS=(HOST=db))(CONNECT_DATA=(SID=X)))", { address: "db:1521", database: "X", user: "scott" }],
  ])("%s", (connectString, target) => {
    expect(targetOf(connectString, "scott")).toEqual(target);
  });
});
