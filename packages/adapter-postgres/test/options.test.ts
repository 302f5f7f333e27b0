import { ConfigurationError, DatabaseManager } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, postgres, postgresDriver } from "../src/index.ts";
import { readSettings } from "../src/settings.ts";

const nothing = {};

function refused(options: unknown): ConfigurationError {
  try {
    postgresDriver.connector(options as PostgresOptions);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("the options were accepted");
}

describe("options", () => {
  it("are checked by name, with the nearest one suggested", () => {
    const error = refused({ hots: "db" });
    expect(error.message).toContain('unknown option "hots"');
    expect(error.message).toContain('"host"');
    expect(error.key).toBe("hots");
  });

  it.each(["connectionString", "host", "user", "database"])(
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
    [{ host: [] }, "host"],
    [{ host: ["a", ""] }, "host"],
    [{ host: "[db.example.org]" }, "host"],
    [{ host: "postgresql://u:p@db/d" }, "host"],
    [{ host: "[::1]:5432" }, "host"],
    [{ host: "::1]" }, "host"],
    [{ sslrootcert: "system", sslmode: "prefer" }, "sslmode"],
    [{ sslrootcert: "system", sslmode: "require" }, "sslmode"],
    [{ sslrootcert: "system", sslmode: "verify-ca" }, "sslmode"],
    [{ sslrootcert: "system", ssl: false }, "sslmode"],
    [{ sslrootcert: "ca.pem", sslmode: "disable" }, "sslmode"],
    [{ sslrootcert: "ca.pem", sslmode: "allow" }, "sslmode"],
    [{ sslrootcert: "ca.pem", sslmode: "prefer" }, "sslmode"],
    [{ port: "5432" }, "port"],
    [{ port: 0 }, "port"],
    [{ port: 65_536 }, "port"],
    [{ port: [5432, 1.5] }, "port"],
    [{ host: ["a", "b", "c"], port: [1, 2] }, "port"],
    [{ user: 1 }, "user"],
    [{ password: 1 }, "password"],
    [{ ssl: "yes" }, "ssl"],
    [{ sslmode: "on" }, "sslmode"],
    [{ ssl: true, sslmode: "require" }, "ssl"],
    [{ ssl: { ca: "x" }, sslmode: "prefer" }, "sslmode"],
    [{ sslnegotiation: "direct", sslmode: "prefer" }, "sslnegotiation"],
    [{ targetSessionAttrs: "master" }, "targetSessionAttrs"],
    [{ statement_timeout: -1 }, "statement_timeout"],
    [{ statement_timeout: 1.5 }, "statement_timeout"],
    [{ preparedStatements: "off" }, "preparedStatements"],
    [{ preparedStatements: { maximum: 5 } }, "preparedStatements.maximum"],
    [{ preparedStatements: { max: -1 } }, "preparedStatements.max"],
    [{ schema: "" }, "schema"],
    [{ schema: "a,,b" }, "schema"],
    [{ schema: '"a' }, "schema"],
    [{ user: "a\0options\0-c x=y" }, "user"],
  ])("refuses %j", (options, key) => {
    expect(refused(options).key).toBe(key);
  });

  it("never show a secret", () => {
    for (const options of [
      { password: 4711, user: "u" },
      { sslpassword: 4711 },
      { ssl: "key-4711" },
      { connectionString: ["postgres://u:4711@h/d"] },
    ]) {
      expect(refused(options).message).not.toContain("4711");
    }
  });

  it("fall back to the environment, then to PostgreSQL's own defaults", () => {
    const environment = {
      PGHOST: "one,two",
      PGPORT: "5433",
      PGUSER: "u",
      PGDATABASE: "d",
      PGSSLMODE: "disable",
    };
    const settings = readSettings(nothing, environment);
    expect(settings.endpoints).toEqual([
      { host: "one", port: 5433 },
      { host: "two", port: 5433 },
    ]);
    expect(settings).toMatchObject({ user: "u", database: "d" });
    expect(settings.encryptions.map(({ mode }) => mode)).toEqual(["off"]);
    expect(readSettings({ user: "x", host: "h", port: 1, database: "y" }, environment)).toMatchObject({
      user: "x",
      database: "y",
      endpoints: [{ host: "h", port: 1 }],
    });
    const bare = readSettings(nothing, {});
    expect(bare.endpoints).toEqual([{ host: "localhost", port: 5432 }]);
    expect(bare.database).toBe(bare.user);
    expect(() => readSettings(nothing, { PGSSLMODE: "maybe" })).toThrow(/PGSSLMODE/);
    expect(() => readSettings(nothing, { PGPORT: "x" })).toThrow(/PGPORT/);
  });

  it("take an empty variable of the environment for one that is not set", () => {
    const names = ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE", "PGSSLMODE"];
    const empty = Object.fromEntries(names.map((name) => [name, ""]));
    const plain = ({ endpoints, user, database }: ReturnType<typeof readSettings>) => ({ endpoints, user, database });
    expect(plain(readSettings(nothing, empty))).toEqual(plain(readSettings(nothing, {})));
  });

  it("stand above what the connection string says", () => {
    const settings = readSettings(
      { connectionString: "postgresql://u:p@h:1/d?sslmode=require", database: "other", sslmode: "disable" },
      {},
    );
    expect(settings).toMatchObject({ user: "u", database: "other", endpoints: [{ host: "h", port: 1 }] });
    expect(settings.encryptions.map(({ mode }) => mode)).toEqual(["off"]);
  });

  it("stand above it the same where the configuration is data", () => {
    const connectionString = "postgresql+psycopg2://u:p@h:1/d?ssl=true&schema=sales";
    const made = (more: object) =>
      new DatabaseManager({ a: { connectionString, ...more } }, { drivers: [postgresDriver] }).database("a");
    for (const more of [{}, { sslmode: "disable" }, { ssl: false }, { sslmode: undefined, schema: undefined }]) {
      expect(made(more).engine).toBe("postgres");
    }
  });

  it.each([
    ["disable", ["off"]],
    ["allow", ["off", "on"]],
    ["prefer", ["prefer", "off"]],
    ["require", ["on"]],
    ["verify-ca", ["on"]],
    ["verify-full", ["on"]],
  ] as const)("give sslmode %s libpq's meaning", (sslmode, modes) => {
    expect(readSettings({ sslmode }, {}).encryptions.map(({ mode }) => mode)).toEqual(modes);
  });

  it("check the certificate exactly where libpq does", async () => {
    const tls = (options: PostgresOptions) => readSettings(options, {}).encryptions[0]?.load();
    expect(await tls({ sslmode: "require" })).toMatchObject({ rejectUnauthorized: false });
    expect(await tls({ sslmode: "prefer" })).toMatchObject({ rejectUnauthorized: false });
    const chainOnly = await tls({ sslmode: "verify-ca" });
    expect(chainOnly).toMatchObject({ rejectUnauthorized: true });
    expect(chainOnly?.checkServerIdentity?.("a", {} as never)).toBeUndefined();
    const full = await tls({ sslmode: "verify-full" });
    expect(full).toMatchObject({ rejectUnauthorized: true });
    expect(full?.checkServerIdentity).toBeUndefined();
    expect(await tls({ ssl: true })).toEqual(full);
    expect(await tls({ ssl: { rejectUnauthorized: false } })).toMatchObject({ rejectUnauthorized: false });
  });

  it("read the schema as a search path", () => {
    const path = (schema: string | null) => readSettings({ schema }, {}).searchPath;
    expect(path(null)).toBeUndefined();
    expect(path("sales")).toEqual(["sales"]);
    expect(path(" Sales , public")).toEqual(["Sales", "public"]);
    expect(path('"a,b", "c""d", $user')).toEqual(["a,b", 'c"d', "$user"]);
  });

  it("ask for verified TLS where they name the certificates to trust, in plain text never", () => {
    for (const sslrootcert of ["system", "ca.pem"]) {
      expect(readSettings({ sslrootcert }, {}).encryptions.map(({ mode }) => mode)).toEqual(["on"]);
      expect(() => readSettings({ sslrootcert }, { PGSSLMODE: "prefer" })).toThrow(/"sslrootcert"/);
      expect(readSettings({ sslrootcert }, { PGSSLMODE: "verify-full" }).encryptions).toHaveLength(1);
    }
  });

  it("say where they lead, for one host and for several", () => {
    const address = (options: PostgresOptions) => postgresDriver.connector(options).target.address;
    expect(address({ host: "db", port: 1 })).toBe("db:1");
    expect(address({ host: ["a", "b"], port: [1, 2] })).toBe("a:1,b:2");
    expect(address({ host: "::1" })).toBe("[::1]:5432");
    expect(address({ host: "[::1]" })).toBe("[::1]:5432");
    expect(address({ host: ["[fe80::1%eth0]", "a"], port: 1 })).toBe("[fe80::1%eth0]:1,a:1");
    expect(address({ connectionString: "host=[::1]" })).toBe("[::1]:5432");
    expect(address({ host: "/tmp" })).toBe("/tmp/.s.PGSQL.5432");
  });

  it("declare no prepared statements where they are switched off", () => {
    expect(postgresDriver.connector({ preparedStatements: false }).capabilities).toEqual({ prepared: false });
    expect(postgresDriver.connector({ preparedStatements: { max: 0 } }).capabilities).toEqual({ prepared: false });
    expect(postgresDriver.connector({}).capabilities).toEqual({});
  });

  it("make a definition that shows nothing", () => {
    const definition = postgres({ host: "h", password: "secret-4711", schema: "sales", pool: { max: 2 } });
    expect(definition.engine).toBe("postgres");
    expect(JSON.stringify(definition)).not.toContain("4711");
  });
});
