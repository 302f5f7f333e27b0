import { ConfigurationError, DatabaseManager } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MysqlOptions, mariadb, mariadbDriver, mysql, mysqlDriver } from "../src/index.ts";
import { readSettings } from "../src/settings.ts";
import { parseUrl } from "../src/url.ts";

function refused(options: unknown): ConfigurationError {
  return thrown(() => mysqlDriver.connector(options as MysqlOptions));
}

function thrown(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("options", () => {
  it("are checked by name, with the nearest one suggested", () => {
    const error = refused({ hots: "db" });
    expect(error.message).toContain('unknown option "hots"');
    expect(error.message).toContain('"host"');
    expect(error.key).toBe("hots");
  });

  it.each(["connectionString", "host", "socketPath", "user", "database"])(
    "are no guess where %s comes from a variable that is not set",
    (key) => {
      for (const unset of [undefined, "", " "]) {
        const error = refused({ [key]: unset });
        expect(error.key).toBe(key);
        expect(error.message).toContain("not set");
      }
    },
  );

  it.each([
    [{ host: 7 }, "host"],
    [{ host: "" }, "host"],
    [{ host: "[db]" }, "host"],
    [{ host: "mysql://u:p@db/d" }, "host"],
    [{ host: "[::1]:3306" }, "host"],
    [{ port: "3306" }, "port"],
    [{ port: 0 }, "port"],
    [{ port: 65_536 }, "port"],
    [{ socketPath: "" }, "socketPath"],
    [{ socketPath: "/s", host: "db" }, "socketPath"],
    [{ socketPath: "/s", port: 3_306 }, "socketPath"],
    [{ user: "a\0b" }, "user"],
    [{ password: 1 }, "password"],
    [{ ssl: "yes" }, "ssl"],
    [{ ssl: true, sslMode: "required" }, "ssl"],
    [{ ssl: { ca: "x" }, sslMode: "preferred" }, "ssl"],
    [{ sslMode: "on" }, "sslMode"],
    [{ connectAttributes: { a: 1 } }, "connectAttributes"],
    [{ preparedStatements: -1 }, "preparedStatements"],
    [{ tinyint1IsBoolean: 1 }, "tinyint1IsBoolean"],
    [{ lacks: ["transactions"] }, "lacks"],
    [{ connectionString: "postgres://h/d" }, "connectionString"],
    [{ connectionString: "mysql://h:99999999/d" }, "connectionString"],
  ])("refuses %j by the name %s", (options, key) => {
    expect(refused(options).key).toBe(key);
  });

  it("show no password in a message, nor in the target", () => {
    for (const options of [{ password: 4_711_815 }, { connectionString: "mysql://u:4711815@h/d/e" }]) {
      expect(refused(options).message).not.toContain("4711815");
    }
    const { target } = mysqlDriver.connector({ connectionString: "mysql://u:secret@db:3307/shop" });
    expect(target).toEqual({ address: "db:3307", database: "shop", user: "u" });
  });

  it("beside a URL take precedence over what that says", () => {
    const settings = readSettings("mysql", { connectionString: "mysql://u:p@db/shop", database: "other", port: 3_307 });
    expect(settings).toMatchObject({ endpoint: { host: "db", port: 3_307 }, user: "u", database: "other" });
  });

  it("beside a URL put a socket in the place of its address, and an address in that of its socket", () => {
    const endpoint = (options: MysqlOptions) => readSettings("mysql", options).endpoint;
    expect(endpoint({ connectionString: "mysql://u@db:3307/shop", socketPath: "/s" })).toEqual({ path: "/s" });
    const withSocket = "mysql://u@localhost/shop?socket=/s";
    expect(endpoint({ connectionString: withSocket, host: "db" })).toEqual({ host: "db", port: 3_306 });
    expect(endpoint({ connectionString: withSocket, port: 3_307 })).toEqual({ host: "localhost", port: 3_307 });
  });

  it("take an address of IPv6 with and without brackets", () => {
    for (const host of ["::1", "[::1]"]) {
      expect(readSettings("mysql", { host }).endpoint).toEqual({ host: "::1", port: 3_306 });
      expect(mysqlDriver.connector({ host }).target.address).toBe("[::1]:3306");
    }
  });

  it("default to what protects data: TLS where there is one, snapshots on MariaDB, booleans", () => {
    const settings = readSettings("mariadb", {});
    expect(settings).toMatchObject({ snapshotIsolation: true, tinyint1IsBoolean: true, preparedStatements: 100 });
    expect(settings.encryption.mode).toBe("preferred");
    expect(readSettings("mysql", {}).snapshotIsolation).toBe(false);
  });

  it("check certificate and name where TLS is asked for by ssl, and less where sslMode says less", () => {
    const rejects = (options: MysqlOptions) => readSettings("mysql", options).encryption.options;
    expect(rejects({ ssl: true })).toMatchObject({ rejectUnauthorized: true });
    expect(rejects({ ssl: true }).checkServerIdentity).toBeUndefined();
    expect(rejects({ ssl: { ca: "x" } })).toMatchObject({ rejectUnauthorized: true, ca: "x" });
    expect(rejects({ sslMode: "required" })).toMatchObject({ rejectUnauthorized: false });
    expect(rejects({ sslMode: "verify_ca" })).toMatchObject({ rejectUnauthorized: true });
    expect(rejects({ sslMode: "verify_ca" }).checkServerIdentity).toBeTypeOf("function");
  });

  it("narrow what the driver declares, for engines that speak the protocol and have less", () => {
    const { capabilities } = mysqlDriver.connector({ lacks: ["savepoints", "serializable", "procedures", "cancel"] });
    expect(capabilities).toMatchObject({ savepoints: "none", procedures: false, cancel: "none" });
    expect(capabilities?.isolation).toEqual(["read uncommitted", "read committed"]);
    expect(mysqlDriver.connector({ preparedStatements: 0 }).capabilities).toMatchObject({ prepared: false });
  });

  it("offer a repeatable read only where it loses no update", () => {
    const levels = (driver: typeof mysqlDriver | typeof mariadbDriver, options: MysqlOptions) =>
      driver.connector(options).capabilities?.isolation;
    expect(levels(mariadbDriver, {})).toContain("repeatable read");
    expect(levels(mariadbDriver, { snapshotIsolation: false })).not.toContain("repeatable read");
    expect(levels(mysqlDriver, {})).not.toContain("repeatable read");
  });

  it("make a definition that is named after the engine", () => {
    const databases = new DatabaseManager({ one: mariadb({ host: "db" }), two: mysql({ host: "db" }) });
    expect([databases.database("one").engine, databases.database("two").engine]).toEqual(["mariadb", "mysql"]);
  });
});

describe("a URL", () => {
  it.each([
    ["mysql://db", { host: "db" }],
    [
      "mariadb://u%40x:p%2Fw@[::1]:3307/shop%20one",
      { host: "::1", port: 3_307, user: "u@x", password: "p/w", database: "shop one" },
    ],
    [
      "mysql+pymysql://u@db/shop?ssl-mode=VERIFY_IDENTITY",
      { host: "db", user: "u", database: "shop", sslMode: "verify_identity" },
    ],
    ["mysql://u@localhost/shop?socket=/run/my.sock", { user: "u", database: "shop", socketPath: "/run/my.sock" }],
    [
      "mysql+mysqldb://u@localhost/shop?unix_socket=/run/my.sock&charset=utf8mb4",
      { user: "u", database: "shop", socketPath: "/run/my.sock" },
    ],
    ["mysql://u:a:b@ss%23@db/shop", { host: "db", user: "u", password: "a:b@ss#", database: "shop" }],
    [
      "mariadb://db?tinyint1IsBoolean=false&preparedStatements=7&snapshotIsolation=0",
      { host: "db", tinyint1IsBoolean: false, preparedStatements: 7, snapshotIsolation: false },
    ],
  ])("%s says what it says", (url, options) => {
    expect(parseUrl(url)).toEqual(options);
  });

  it.each([
    "",
    "db",
    "postgres://db",
    "mysql://db/a/b",
    "mysql://%zz@db",
    "mysql://db?unknown=1",
    "mysql://db?sslMode=maybe",
    "mysql://db?charset=latin1",
  ])("%j is refused without being shown", (url) => {
    const { message } = thrown(() => parseUrl(url));
    expect(message).toContain("the URL");
    expect(message).not.toContain("%zz@");
  });

  it.each([
    "mysql://u:12#secret@db/shop",
    "mysql://u:12?secret@db/shop",
    "mysql://u:12?secret=1@db/shop",
    "mysql://u:12/secret@db",
    "mysql://u:12@x/secret@db",
    "mariadb://u:p#secret@db/shop",
    "mysql://db/shop#secret",
  ])("%j is refused with what to write, and not taken for another server, database or parameter", (url) => {
    const { message, key } = thrown(() => parseUrl(url));
    expect(key).toBe("connectionString");
    expect(message).toContain("%23 for #");
    expect(message).not.toMatch(/secret|12/);
  });
});
