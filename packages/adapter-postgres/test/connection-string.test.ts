import { ConfigurationError } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { postgresDriver } from "../src/index.ts";

const read = postgresDriver.parseUrl;

describe("connection strings", () => {
  it.each([
    ["postgresql://u:p@h:5433/d", { user: "u", password: "p", host: "h", port: 5433, database: "d" }],
    ["postgres://h", { host: "h" }],
    [" postgresql://u:p@h/d\n", { user: "u", password: "p", host: "h", database: "d" }],
    ["postgresql+psycopg2://u@h/d", { user: "u", host: "h", database: "d" }],
    ["POSTGRESQL://h/d", { host: "h", database: "d" }],
    ["postgresql:///d", { database: "d" }],
    ["postgresql://", {}],
    ["postgresql://:5433/d", { port: 5433, database: "d" }],
    ["postgresql://u%40x:p%2F%3A%23@h/d%20b", { user: "u@x", password: "p/:#", host: "h", database: "d b" }],
    ["postgresql://u:p#ss@h/d%2Fe", { user: "u", password: "p#ss", host: "h", database: "d/e" }],
    ["postgresql://u:a:b@h/d", { user: "u", password: "a:b", host: "h", database: "d" }],
    ["postgresql://h1,h2/d", { host: ["h1", "h2"], database: "d" }],
    ["postgresql://h1:1,h2:2,h3/d", { host: ["h1", "h2", "h3"], port: [1, 2, 5432], database: "d" }],
    ["postgresql://[::1]:5433/d", { host: "::1", port: 5433, database: "d" }],
    ["postgresql://%2Fvar%2Frun/d", { host: "/var/run", database: "d" }],
    ["postgresql:///d?host=/var/run&port=5433", { host: "/var/run", port: 5433, database: "d" }],
    ["postgresql://h/d?sslmode=verify-full&sslrootcert=ca.pem", { sslmode: "verify-full", sslrootcert: "ca.pem" }],
    ["postgresql://h/d?connect_timeout=10", { connectionTimeoutMillis: 10_000 }],
    ["postgresql://h/d?keepalives=0&keepalives_idle=30", { keepAlive: false, keepAliveInitialDelayMillis: 30_000 }],
    [
      "postgresql://h/d?target_session_attrs=read-write&load_balance_hosts=random",
      { targetSessionAttrs: "read-write", loadBalanceHosts: "random" },
    ],
    ["postgresql://h/d?application_name=a%20b&fallback_application_name=c", { applicationName: "a b" }],
    ["postgresql://h/d?fallback_application_name=c", { applicationName: "c" }],
    ["postgresql://h/d?options=-c%20work_mem%3D64MB", { options: "-c work_mem=64MB" }],
    ["postgresql://h/d?channel_binding=require&sslmode=require", { channelBinding: "require", sslmode: "require" }],
    ["postgresql://h/d?schema=sales", { schema: "sales" }],
    ["postgresql://h/d?statement_timeout=500", { statement_timeout: 500 }],
    ["postgresql://h/d?ssl=true", { ssl: true }],
    ["postgresql://h/d?ssl=verify-full", { sslmode: "verify-full" }],
    ["postgresql://h/d?client_encoding=UTF8&gssencmode=disable&uselibpqcompat=true", { host: "h" }],
    ["host=h port=5433 dbname=d user=u password=p", { host: "h", port: 5433, database: "d", user: "u", password: "p" }],
    [
      "host = 'h' password='it\\'s \\\\ here' dbname=my\\ db",
      { host: "h", password: "it's \\ here", database: "my db" },
    ],
    ["host=a,b port=1,2", { host: ["a", "b"], port: [1, 2] }],
    ["  host=h  ", { host: "h" }],
    ["password='' host=h", { password: "", host: "h" }],
  ])("reads %s", (text, expected) => {
    expect(read(text)).toMatchObject(expected);
    expect(() => postgresDriver.connector({ connectionString: text })).not.toThrow();
  });

  it.each([
    ["mysql://h/d", /scheme "mysql"/],
    ["just words", /expected postgresql/],
    ["postgresql://u:secret@h/d?sslmod=require", /unknown option "sslmod".*"sslmode"/],
    ["postgresql://u:secret@h/d?pgbouncer=true", /unknown option "pgbouncer"/],
    ["postgresql://u:secret@h/d?sslmode", /"sslmode" has no value/],
    ["postgresql://u:secret@h/d?passfile=x", /"passfile" is one of libpq's/],
    ["postgresql://u:secret@h/d?tcp_user_timeout=5", /"tcp_user_timeout" is one of libpq's/],
    ["postgresql://u:secret@h/d?client_encoding=latin1", /"client_encoding" can only be/],
    ["postgresql://u:secret@h/d?connect_timeout=soon", /"connect_timeout" is not a number/],
    ["postgresql://u:secret@h/d?keepalives=yes", /"keepalives" can only be/],
    ["postgresql://u:p@secret@h/d", /%40/],
    ["postgresql://u:1234/secret@h/d", /%2F/],
    ["postgresql://u:p?secret@h/d", /%3F/],
    ["postgresql://u:p?secret=1@h/d", /%40/],
    ["postgresql://u:p@x?secret=1@h/d", /%40/],
    ["postgresql://u:p@x/secret@h/d", /%40/],
    ["postgresql://u:p@h/d/secret", /%2F/],
    ["postgresql://u:p@h/d?secret", /a parameter has no value/],
    ["postgresql://u:secret@[::bad/d", /a host is not written as/],
    ["postgresql://u:secret@h:port/d", /a host is not written as/],
    ["postgresql://u:100%secret@h/d", /%25/],
    ["host=h password='secret", /key=value pairs/],
    ["host=h secret", /key=value pairs/],
    ["host=h port=x password=secret", /a port is not a number/],
  ])("refuses %s", (text, message) => {
    let error: unknown;
    try {
      read(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("secret");
  });

  it("are checked as a whole where a value is wrong", () => {
    const connect = (connectionString: string) => () => postgresDriver.connector({ connectionString });
    expect(connect("postgresql://h:99999/d")).toThrow(/"port"/);
    expect(connect("postgresql://h/d?sslmode=on")).toThrow(/"sslmode" must be "disable"/);
    expect(connect("postgresql://h1,h2,h3/d?port=1,2")).toThrow(/2 ports for 3 hosts/);
  });
});
