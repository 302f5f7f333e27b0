import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresOptions, postgresDriver, type SslMode } from "../src/index.ts";
import { failure, soon } from "./support/driving.ts";
import { type FakeAnswer, fakeServer } from "./support/fake-server.ts";
import { serverOptions } from "./support/server.ts";
import { fixture, startTlsServer, type TlsServer } from "./support/tls-server.ts";

const ca = fixture("ca.pem");

let tlsServer: TlsServer;
let base: PostgresOptions;

beforeAll(async () => {
  tlsServer = await startTlsServer();
  const { port, username, password } = new URL(tlsServer.url);
  base = { host: "127.0.0.1", port: Number(port), user: username, password, database: "postgres" };
  const client = new pg.Client({ connectionString: tlsServer.url });
  await client.connect();
  await client.query(
    `create role only_tls login password 'x'; create role only_plain login password 'x';
     create role scram login password 'x'; create role mdb_tls_user login`,
  );
  const file = String((await client.query("show hba_file")).rows[0]?.["hba_file"]);
  const lines = [
    "hostssl all only_tls all scram-sha-256",
    "hostnossl all only_plain all scram-sha-256",
    "host all scram all scram-sha-256",
    "hostssl all mdb_tls_user all cert",
    "host all only_tls,only_plain,mdb_tls_user all reject",
  ];
  writeFileSync(file, `${lines.join("\n")}\n${readFileSync(file, "utf8")}`);
  await client.query("select pg_reload_conf()");
  // The reload is a signal: it is done when the new lines are what the server reads.
  const loaded = "select count(*)::int as n from pg_hba_file_rules where user_name = '{scram}'";
  while ((await client.query(loaded)).rows[0]?.["n"] === 0);
  await client.end();
}, 60_000);

afterAll(() => tlsServer?.stop());

/** Connects, and says how: `"TLS"` or `"plain"`. */
async function way(options: PostgresOptions): Promise<string> {
  const connection = await postgresDriver.connector({ ...base, ...options }).connect(soon());
  try {
    const text = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    const { rows } = await connection.query({ text, values: [] }, soon());
    return rows[0]?.[0] === true ? "TLS" : "plain";
  } finally {
    connection.destroy();
  }
}

describe("sslmode", () => {
  it.each([
    ["disable", "plain"],
    ["allow", "plain"],
    ["prefer", "TLS"],
    ["require", "TLS"],
  ] satisfies [SslMode, string][])("%s goes %s where the server has both", async (sslmode, expected) => {
    expect(await way({ sslmode })).toBe(expected);
  });

  it("is prefer where nothing is said", async () => {
    expect(await way({})).toBe("TLS");
  });

  it.each([
    ["allow", "only_tls", "TLS"],
    ["prefer", "only_tls", "TLS"],
    ["require", "only_tls", "TLS"],
    ["disable", "only_plain", "plain"],
    ["allow", "only_plain", "plain"],
    ["prefer", "only_plain", "plain"],
  ] satisfies [SslMode, string, string][])("%s finds the one way that %s may go", async (sslmode, user, expected) => {
    expect(await way({ sslmode, user, password: "x" })).toBe(expected);
  });

  it.each([
    ["disable", "only_tls"],
    ["require", "only_plain"],
  ] satisfies [SslMode, string][])("%s does not go another way for %s", async (sslmode, user) => {
    const { info } = await failure(() => way({ sslmode, user, password: "x" }));
    expect(info).toMatchObject({ kind: "auth", sqlState: "28000", connection: "dead" });
  });

  it("verify-ca checks the chain and not the name", async () => {
    expect(await way({ sslmode: "verify-ca", sslrootcert: ca })).toBe("TLS");
    const { info } = await failure(() => way({ sslmode: "verify-ca" }));
    expect(info).toMatchObject({ kind: "refused", retry: "never", executed: "no", connection: "dead" });
  });

  it("verify-full checks the chain and the name", async () => {
    expect(await way({ sslmode: "verify-full", sslrootcert: ca, host: "localhost" })).toBe("TLS");
    const wrongName = await failure(() => way({ sslmode: "verify-full", sslrootcert: ca, host: "127.0.0.1" }));
    expect(wrongName.info).toMatchObject({ kind: "refused", code: "ERR_TLS_CERT_ALTNAME_INVALID", retry: "never" });
    const unknown = await failure(() => way({ sslmode: "verify-full", host: "localhost" }));
    expect(unknown.info).toMatchObject({ kind: "refused", retry: "never" });
    const system = await failure(() => way({ sslmode: "verify-full", sslrootcert: "system", host: "localhost" }));
    expect(system.info).toMatchObject({ kind: "refused", retry: "never" });
  });

  it("require checks the chain where a root is given, as libpq does", async () => {
    expect(await way({ sslmode: "require", sslrootcert: ca })).toBe("TLS");
    // Without a mode, the name is checked as well.
    expect(await way({ sslrootcert: ca, host: "localhost" })).toBe("TLS");
    expect((await failure(() => way({ sslrootcert: ca, host: "127.0.0.1" }))).info.kind).toBe("refused");
    expect((await failure(() => way({ sslrootcert: "system", host: "localhost" }))).info.kind).toBe("refused");
    const { info } = await failure(() => way({ sslmode: "require", sslrootcert: fixture("server.pem") }));
    expect(info).toMatchObject({ kind: "refused", executed: "no" });
  });

  it("prefer goes on in plain text on the same connection where the server has no TLS, and require does not", async () => {
    const options = serverOptions();
    const connection = await postgresDriver.connector({ ...options, sslmode: "prefer" }).connect(soon());
    connection.destroy();
    const { info, error } = await failure(() =>
      postgresDriver.connector({ ...options, sslmode: "require" }).connect(soon()),
    );
    expect(info).toMatchObject({ kind: "refused", executed: "no" });
    expect((error as Error).message).toContain("the server has no TLS");
  });
});

describe("ssl", () => {
  it("takes the options of node:tls, and checks by default", async () => {
    expect(await way({ ssl: { ca: readFileSync(ca) }, host: "localhost" })).toBe("TLS");
    expect(await way({ ssl: { rejectUnauthorized: false } })).toBe("TLS");
    expect(await way({ ssl: false })).toBe("plain");
    expect((await failure(() => way({ ssl: true, host: "localhost" }))).info.kind).toBe("refused");
  });
});

describe("certificates of clients", () => {
  it("log in without a password", async () => {
    const files = { sslcert: fixture("client.pem"), sslkey: fixture("client.key") };
    expect(await way({ sslmode: "require", user: "mdb_tls_user", password: undefined as never, ...files })).toBe("TLS");
    const { info } = await failure(() => way({ sslmode: "require", user: "mdb_tls_user" }));
    expect(info).toMatchObject({ kind: "auth", connection: "dead" });
  });

  it("that are not there are an error of connecting", async () => {
    const { info } = await failure(() =>
      way({ sslmode: "require", sslcert: "/no/such/file", sslkey: "/no/such/file" }),
    );
    expect(info).toMatchObject({ kind: "refused", executed: "no", connection: "dead" });
  });
});

describe("channel binding", () => {
  it("works where the server offers it", async () => {
    expect(await way({ user: "scram", password: "x", sslmode: "require", channelBinding: "require" })).toBe("TLS");
    expect(await way({ user: "scram", password: "x", sslmode: "require", channelBinding: "prefer" })).toBe("TLS");
    expect(await way({ user: "scram", password: "x", sslmode: "disable", channelBinding: "prefer" })).toBe("plain");
  });

  it("that is required keeps the password from a server that does not offer it", async () => {
    for (const options of [
      { user: "scram", password: "x", sslmode: "disable" },
      // This user's line in pg_hba.conf asks for the password itself.
      { sslmode: "require" },
    ] satisfies PostgresOptions[]) {
      let asked = false;
      const password = (): string => {
        asked = true;
        return "x";
      };
      const { error, info } = await failure(() => way({ ...options, password, channelBinding: "require" }));
      expect(info).toMatchObject({ kind: "refused", connection: "dead" });
      expect((error as Error).message).toContain("channel binding");
      expect(asked).toBe(false);
    }
  });
});

describe("direct negotiation", () => {
  it("starts TLS without asking first", async () => {
    const first: Buffer[] = [];
    const proxy = createServer((client) => {
      client.once("data", (chunk) => first.push(chunk));
      const upstream = connect({ host: "127.0.0.1", port: base.port as number });
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as { port: number };
    try {
      expect(await way({ sslmode: "require", sslnegotiation: "direct", port })).toBe("TLS");
      // A TLS record of the handshake, and not an SSLRequest.
      expect(first[0]?.[0]).toBe(0x16);
    } finally {
      proxy.close();
    }
  });
});

describe("a server that does not speak PostgreSQL's TLS", () => {
  it.each(["plain text in front of TLS", "neither yes nor no to TLS", "close"] satisfies FakeAnswer[])(
    "is refused: %s",
    async (answer) => {
      const fake = await fakeServer(answer);
      const { host, port } = fake;
      const { info } = await failure(() => way({ host, port, sslmode: "require" }));
      expect(info).toMatchObject({ kind: "refused", executed: "no", connection: "dead" });
      while (fake.open > 0) await new Promise((resolve) => setImmediate(resolve));
      await fake.close();
    },
  );
});

describe("cancel requests", () => {
  it("are encrypted as the connection is, and reach the server by the same way", async () => {
    const first: Buffer[] = [];
    const proxy = createServer((client) => {
      client.once("data", (chunk) => first.push(chunk));
      const upstream = connect({ host: "127.0.0.1", port: base.port as number });
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const { port } = proxy.address() as { port: number };
    const options: PostgresOptions = { ...base, host: "localhost", port, sslmode: "verify-full", sslrootcert: ca };
    const connection = await postgresDriver.connector(options).connect(soon());
    try {
      const sleeping = failure(() => connection.query({ text: "select pg_sleep(60)", values: [] }, soon()));
      await connection.cancel?.(soon());
      expect((await sleeping).info.kind).toBe("cancelled");
      expect(first.length).toBeGreaterThanOrEqual(2);
      for (const chunk of first) expect(chunk.readInt32BE(4)).toBe(80_877_103);
    } finally {
      connection.destroy();
      proxy.close();
    }
  });
});
