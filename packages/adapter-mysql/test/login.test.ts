import { createServer } from "node:net";
import { ConfigurationError } from "@nsj/mdb-core";
import { type RunningMysql, startMysql } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MysqlOptions, mysqlDriver } from "../src/index.ts";
import { driver, serverOptions, withServer } from "./support/server.ts";
import { openSession } from "./support/session.ts";

const soon = () => ({ deadline: performance.now() + 10_000 });
const kindOf = async (connecting: Promise<unknown>): Promise<string> => {
  const error: unknown = await connecting.then(
    () => undefined,
    (it: unknown) => it,
  );
  return driver.classify(error).kind;
};

describe("what answers at the address", () => {
  async function listening(answer: Buffer | undefined, work: (options: MysqlOptions) => Promise<void>): Promise<void> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    try {
      await work({ host: "127.0.0.1", port: typeof address === "object" ? Number(address?.port) : 0, user: "u" });
    } finally {
      server.close();
    }
  }

  it.each([
    ["hangs up", undefined],
    ["speaks another protocol", Buffer.from("220 mail.example.org ESMTP\r\n")],
    ["speaks a protocol older than that of MySQL 4.1", Buffer.from([5, 0, 0, 0, 9, 0x35, 0, 0, 0])],
  ])("and %s is refused", async (_, answer) => {
    await listening(answer, async (options) => {
      expect(await kindOf(mysqlDriver.connector(options).connect(soon()))).toBe("refused");
    });
  });

  it("and says nothing is given up at the deadline", async () => {
    await listening(Buffer.alloc(0), async (options) => {
      const connecting = mysqlDriver.connector(options).connect({ deadline: performance.now() + 100 });
      expect(await kindOf(connecting)).toBe("connect-timeout");
    });
  });
});

withServer(() => {
  let own: RunningMysql | undefined;
  beforeAll(async () => {
    if (!process.env["MDB_MYSQL_URL"]) own = await startMysql();
  });
  afterAll(() => own?.stop());

  /** Whether the session is encrypted, on a server with TLS and without. */
  const cipherWith = async (more: MysqlOptions): Promise<unknown> => {
    const { connection, run } = await openSession({ ...(own && driver.parseUrl(own.url)), ...more });
    try {
      return (await run("show session status like 'Ssl_cipher'")).rows[0]?.[1];
    } finally {
      connection.destroy();
    }
  };

  describe("TLS", () => {
    it("is on by default where the server has it, and off where that is said", async ({ skip }) => {
      if (own === undefined) skip("MDB_MYSQL_URL is given, and no server of our own");
      expect(await cipherWith({})).toMatch(/^TLS_/);
      expect(await cipherWith({ sslMode: "required" })).toMatch(/^TLS_/);
      expect(await cipherWith({ sslMode: "disabled" })).toBe("");
      expect(await cipherWith({ ssl: false })).toBe("");
    });

    it("checks the chain and the name where that is said, for an address too", async ({ skip }) => {
      if (own === undefined) skip("MDB_MYSQL_URL is given, and no server of our own");
      const ca = own?.certificate;
      expect(await cipherWith({ ssl: { ca } })).toMatch(/^TLS_/);
      expect(await cipherWith({ host: "localhost", ssl: { ca } })).toMatch(/^TLS_/);
      const strangers: readonly MysqlOptions[] = [
        { ssl: true },
        { sslMode: "verify_ca" },
        { ssl: { ca, checkServerIdentity: (name) => new Error(`not ${name}`) } },
      ];
      for (const options of strangers) {
        expect(await kindOf(cipherWith(options)), JSON.stringify(options)).toBe("refused");
      }
      for (const options of strangers.slice(0, 2)) {
        const error: unknown = await cipherWith(options).catch((it: unknown) => it);
        expect(driver.classify(error)).toMatchObject({ retry: "never", code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
      }
    });
  });

  describe("a login", () => {
    it("calls a function for the password, each time anew", async () => {
      const passwords: string[] = [];
      const password = () => {
        passwords.push("asked");
        return Promise.resolve(String(serverOptions().password ?? ""));
      };
      const connector = driver.connector(serverOptions({ password }));
      for (let n = 0; n < 2; n++) (await connector.connect(soon())).destroy();
      expect(passwords).toHaveLength(2);
    });

    it("that a function gives no password for is told with its cause, and ends no process", async () => {
      const own = new Error("no token today");
      const connecting = (password: () => unknown) =>
        driver.connector(serverOptions({ password: password as () => string })).connect(soon());
      const rejected = connecting(() => Promise.reject(own));
      await expect(rejected).rejects.toMatchObject({ message: "the password function failed", cause: own });
      expect(await kindOf(rejected)).toBe("refused");
      for (const gift of [7, undefined, { secret: "s" }]) {
        await expect(connecting(() => gift)).rejects.toBeInstanceOf(ConfigurationError);
      }
    });

    it("goes through a unix socket", async ({ skip }) => {
      const { run, connection } = await openSession();
      const [[socketPath]] = (await run("select @@socket")).rows as [[string]];
      connection.destroy();
      if (process.env["MDB_MYSQL_URL"]) skip("the server of MDB_MYSQL_URL may be on another machine");
      const { user, password, database } = serverOptions();
      const connector = driver.connector({ socketPath, user, password, database } as MysqlOptions);
      expect(connector.target.address).toBe(socketPath);
      const other = await connector.connect(soon());
      expect((await other.query({ text: "select 1", values: [] }, soon())).rows).toEqual([[1]]);
      other.destroy();
    });

    it("needs no password where the user has none", async () => {
      const { run, close } = await openSession();
      await run("drop user if exists mdb_open@'%'");
      await run("create user mdb_open@'%'");
      const { password: _, database: __, ...there } = serverOptions();
      const connector = driver.connector({ ...there, user: "mdb_open" } as never);
      const open = await connector.connect(soon());
      expect((await open.query({ text: "select database()", values: [] }, soon())).rows).toEqual([[null]]);
      open.destroy();
      await run("drop user mdb_open@'%'");
      await close();
    });
  });
});
