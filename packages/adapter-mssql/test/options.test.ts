import { inspect } from "node:util";
import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type MssqlOptions, mssql, mssqlDriver } from "../src/index.ts";
import { readSettings } from "../src/settings.ts";

function refused(options: unknown): ConfigurationError {
  try {
    mssqlDriver.connector(options as MssqlOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

const config = (options: MssqlOptions) => readSettings(options).config;

describe("options", () => {
  it("are checked by name, with the nearest one suggested", () => {
    const error = refused({ sever: "db" });
    expect(error.message).toContain('unknown option "sever"');
    expect(error.message).toContain('"server"');
    expect(error.key).toBe("sever");
  });

  it.each(["connectionString", "server", "user", "database"])(
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
    [{ server: 7 }, "server"],
    [{ server: "np:host" }, "server"],
    [{ server: "" }, "server"],
    [{ server: "[db]" }, "server"],
    [{ server: "mssql://u:p@db/d" }, "server"],
    [{ port: "1433" }, "port"],
    [{ port: 0 }, "port"],
    [{ port: 65_536 }, "port"],
    [{ server: "host\\instance", port: 1433 }, "port"],
    [{ server: "host\\instance,1433" }, "port"],
    [{ user: 1 }, "user"],
    [{ password: 1 }, "password"],
    [{ encrypt: "yes" }, "encrypt"],
    [{ encrypt: true, options: { encrypt: false } }, "encrypt"],
    [{ stringType: "text" }, "stringType"],
    [{ authentication: { type: "kerberos" } }, "authentication.type"],
    [{ authentication: {} }, "authentication.type"],
    [{ domain: "d", authentication: { type: "ntlm" } }, "domain"],
    [{ options: { useUTC: false } }, "options.useUTC"],
    [{ options: { requestTimeout: 1 } }, "options.requestTimeout"],
    [{ options: { rowCollectionOnDone: true } }, "options.rowCollectionOnDone"],
  ])("refuses %j", (options, key) => {
    expect(refused(options).key).toBe(key);
  });

  it("never show a secret", () => {
    for (const options of [
      { password: 4711 },
      { connectionString: "Server=x;Password=4711;Nonsense=1" },
      { options: { "4711": 1 } },
    ]) {
      expect(refused(options).message.replace(/options\.4711/, "")).not.toContain("4711");
    }
    const options = { user: "app", password: "s3cret", connectionString: "Server=x;Pwd=s3cret" };
    expect(inspect(mssqlDriver.connector(options), { depth: 9, showHidden: true })).not.toContain("s3cret");
    expect(inspect(mssql(options), { depth: 9 }) + JSON.stringify(mssql(options))).not.toContain("s3cret");
  });

  it("encrypt and check the certificate unless told otherwise", () => {
    expect(config({}).options).toMatchObject({ encrypt: true, trustServerCertificate: false });
    expect(config({ encrypt: "strict" }).options).toMatchObject({ encrypt: "strict" });
    expect(config({ options: { encrypt: false, trustServerCertificate: true } }).options).toMatchObject({
      encrypt: false,
      trustServerCertificate: true,
    });
  });

  it("leave retries, deadlines and time zones to core", () => {
    const fixed = { maxRetriesOnTransientErrors: 0, requestTimeout: 0, useUTC: true };
    expect(config({ server: "a" }).options).toMatchObject(fixed);
  });

  it.each([
    ["db", { server: "db", port: 1433 }, "db:1433"],
    ["db,1500", { server: "db", port: 1500 }, "db:1500"],
    ["tcp:db,1500", { server: "db", port: 1500 }, "db:1500"],
    [".", { server: "localhost", port: 1433 }, "localhost:1433"],
    ["(local)", { server: "localhost", port: 1433 }, "localhost:1433"],
    ["2001:db8::1", { server: "2001:db8::1", port: 1433 }, "[2001:db8::1]:1433"],
    ["[2001:db8::1],1434", { server: "2001:db8::1", port: 1434 }, "[2001:db8::1]:1434"],
  ])("reads the server %j", (server, expected, address) => {
    expect(config({ server })).toMatchObject(expected);
    expect(readSettings({ server }).target.address).toBe(address);
  });

  it("reads an instance's name and leaves the port to the server", () => {
    const settings = readSettings({ server: "db\\SQLEXPRESS" });
    expect(settings.config).toMatchObject({ server: "db", options: { instanceName: "SQLEXPRESS" } });
    expect(settings.config.port).toBeUndefined();
    expect(settings.target.address).toBe("db\\SQLEXPRESS");
  });
});

describe("connection strings", () => {
  it("of ADO.NET are read, with quotes and braces", () => {
    const text = `Server=tcp:db.example.org,1434;Initial Catalog="my;db";User ID=app;Password={a}}b;c};Encrypt=strict;Application Name='it''s us'`;
    expect(mssqlDriver.parseUrl(text)).toEqual({
      server: "tcp:db.example.org,1434",
      database: "my;db",
      user: "app",
      password: "a}b;c",
      encrypt: "strict",
      applicationName: "it's us",
    });
  });

  it.each([
    ["Encrypt=Mandatory", true],
    ["Encrypt=Optional", false],
    ["Encrypt=yes", true],
    ["Encrypt=False", false],
    ["Encrypt=Strict", "strict"],
  ])("mean what they say: %s", (text, encrypt) => {
    expect(mssqlDriver.parseUrl(text).encrypt).toBe(encrypt);
  });

  it("carry options of the driver", () => {
    const text =
      "Data Source=db;Packet Size=8192;MultiSubnetFailover=True;ApplicationIntent=ReadOnly;HostNameInCertificate=h;Workstation ID=w";
    expect(mssqlDriver.parseUrl(text).options).toEqual({
      packetSize: 8192,
      multiSubnetFailover: true,
      readOnlyIntent: true,
      serverName: "h",
      workstationId: "w",
    });
  });

  it.each([
    ["Max Pool Size=5", "pool.max"],
    ["Command Timeout=5", "statementTimeoutMs"],
    ["Integrated Security=SSPI", "domain"],
    ["MultipleActiveResultSets=true", "one statement at a time"],
    ["Colour=red", "Colour"],
    ["Encrypt=maybe", "Encrypt"],
    ["Packet Size=big", "Packet Size"],
    ["Server", "key=value"],
  ])("are refused where they cannot be followed: %s", (text, hint) => {
    expect(() => mssqlDriver.parseUrl(text)).toThrow(hint);
  });

  it("may be what Azure's portal shows", () => {
    const text =
      "Server=tcp:sales.database.windows.net,1433;Initial Catalog=db;Persist Security Info=False;User ID=app;Password=p;MultipleActiveResultSets=False;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;";
    const options = mssqlDriver.parseUrl(text);
    expect(options).toMatchObject({ database: "db", user: "app", encrypt: true, connectionTimeout: 30_000 });
    expect(readSettings(options)).toMatchObject({
      target: { address: "sales.database.windows.net:1433" },
      connectionTimeout: 30_000,
    });
    expect(readSettings({ connectionString: "Server=a;Connect Timeout=0" }).connectionTimeout).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("may be URLs", () => {
    expect(
      mssqlDriver.parseUrl(
        "mssql://app:p%40ss@db.example.org:1434/my%20db?encrypt=strict&trustServerCertificate=false",
      ),
    ).toEqual({
      server: "db.example.org",
      port: 1434,
      user: "app",
      password: "p@ss",
      database: "my db",
      encrypt: "strict",
      trustServerCertificate: false,
    });
    expect(mssqlDriver.parseUrl("sqlserver://[2001:db8::1]/db").server).toBe("2001:db8::1");
    const expected = { server: "h", user: "u", password: "p", database: "db" };
    expect(mssqlDriver.parseUrl("mssql+pyodbc://u:p@h/db?driver=ODBC+Driver+18+for+SQL+Server")).toEqual(expected);
    expect(mssqlDriver.parseUrl("mssql+pymssql://u:p@h/db?charset=utf8")).toEqual(expected);
    expect(() => mssqlDriver.parseUrl("mssql+pymssql://u:p@h/db?charset=latin1")).toThrow(/"charset" must be utf8/);
  });

  it.each([
    "mssql://sa:12#secret@db/shop",
    "mssql://sa:12?secret@db/shop",
    "mssql://sa:12/secret@db",
    "sqlserver://sa:Strong#secret@db",
  ])("that an unencoded sign in the password tears apart are refused with what to write: %s", (url) => {
    const read = () => mssqlDriver.parseUrl(url);
    expect(read).toThrow(/%23 for #/);
    expect(read).not.toThrow(/secret|12/);
  });

  it("give way to options beside them", () => {
    const settings = readSettings({
      connectionString: "Server=a;Database=b;Encrypt=false",
      server: "c",
      encrypt: true,
    });
    expect(settings.config).toMatchObject({ server: "c", options: { database: "b", encrypt: true } });
  });

  it("name Azure's ways to log in", () => {
    expect(mssqlDriver.parseUrl("Server=a;Authentication=Active Directory Default").authentication).toEqual({
      type: "azure-active-directory-default",
    });
    expect(mssqlDriver.parseUrl("Server=a;Authentication=Sql Password").authentication).toBeUndefined();
  });
});
