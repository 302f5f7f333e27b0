import { randomBytes } from "node:crypto";
import { TnsServer } from "@nsj/mdb-wire-servers";
import oracledb from "oracledb";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { type OracleOptions, oracleDriver } from "../../src/index.ts";

/** The real server that `MDB_ORACLE_URL` names, as an administrator; `undefined`: the tests start a TNS server of their own. */
export const realUrl = process.env["MDB_ORACLE_URL"] || undefined;

const password = "tiger#7-secret";

/** A server for the tests of one file, with a user of its own that may create tables, procedures and sequences. */
export interface TestServer {
  /** Options that connect to it. */
  options(more?: Partial<OracleOptions>): OracleOptions;
  /** Runs a statement as somebody who may do anything. */
  administer(text: string, binds?: readonly string[]): Promise<readonly (readonly unknown[])[]>;
  /** What only a server of ours can be asked for. @throws where a real one is used */
  readonly own: TnsServer;
  readonly isOwn: boolean;
}

/** Starts a TNS server before the tests of a file and stops it after them. It must have understood all that it was sent. */
export function ownServer(): TestServer {
  let running: TnsServer | undefined;
  beforeAll(async () => {
    const users = { scott: password, adams: "other", nobodys: "third" };
    running = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users });
  });
  afterAll(async () => {
    await running?.stop();
    expect(running?.faults).toEqual([]);
    expect(running?.refusals).toEqual([]);
  });
  const own = () => {
    if (running === undefined) throw new Error("the server is not started yet");
    return running;
  };
  const options = (more: Partial<OracleOptions> = {}): OracleOptions => ({
    user: "scott",
    password,
    connectString: own().connectString,
    ...more,
  });
  return {
    isOwn: true,
    options,
    administer: (text, binds) => runOnce(options(), text, binds),
    get own() {
      return own();
    },
  };
}

/** The server of `MDB_ORACLE_URL`, with a new user for the tests of a file; or a TNS server of our own. */
export function testServer(): TestServer {
  return realUrl === undefined ? ownServer() : realServer(oracleDriver.parseUrl(realUrl));
}

function realServer(administrator: OracleOptions): TestServer {
  const user = `MDB_TEST_${randomBytes(5).toString("hex").toUpperCase()}`;
  const administer: TestServer["administer"] = (text, binds) => runOnce(administrator, text, binds);
  beforeAll(async () => {
    await administer(`create user ${user} identified by "${password}"`);
    const rights =
      "create session, create table, create view, create sequence, create procedure, create trigger, unlimited tablespace";
    await administer(`grant ${rights} to ${user}`);
  });
  afterAll(async () => {
    // Sessions that were given up are still there for a moment, and the user cannot go before them.
    await expect.poll(() => administer("select 1 from v$session where username = :1", [user]), patience).toEqual([]);
    await administer(`drop user ${user} cascade`);
  });
  return {
    isOwn: false,
    options: (more = {}) => ({ ...administrator, user, password, ...more }),
    administer,
    get own(): TnsServer {
      throw new Error("the tests run on a real server");
    },
  };
}

const patience = { timeout: 20_000, interval: 200 };

async function runOnce(
  { user = "", password: secret, connectString }: OracleOptions,
  text: string,
  binds: readonly string[] = [],
): Promise<readonly (readonly unknown[])[]> {
  const connection = await oracledb.getConnection({ user, password: String(secret), connectString });
  try {
    return (await connection.execute<unknown[]>(text, [...binds])).rows ?? [];
  } finally {
    await connection.close();
  }
}
