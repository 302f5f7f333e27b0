import { TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { type OracleOptions, oracleDriver } from "../../src/index.ts";

/** The real server that `MDB_ORACLE_URL` names; `undefined`: the tests start a TNS server of their own. */
export const realUrl = process.env["MDB_ORACLE_URL"] || undefined;

const password = "tiger#7-secret";

/** A server for the tests of one file. */
export interface TestServer {
  /** Options that connect to it. */
  options(more?: Partial<OracleOptions>): OracleOptions;
  /** What only a server of ours can be asked for. @throws where a real one is used */
  readonly own: TnsServer;
  readonly isOwn: boolean;
}

/** Starts a TNS server before the tests of a file and stops it after them. It must have understood all that it was sent. */
export function ownServer(): TestServer {
  let running: TnsServer | undefined;
  beforeAll(async () => {
    running = await TnsServer.start({
      postgresUrl: inject("postgresUrl"),
      users: { scott: password, adams: "other", nobodys: "third" },
    });
  });
  afterAll(async () => {
    await running?.stop();
    expect(running?.faults).toEqual([]);
  });
  const own = () => {
    if (running === undefined) throw new Error("the server is not started yet");
    return running;
  };
  return {
    isOwn: true,
    options: (more = {}) => ({ user: "scott", password, connectString: own().connectString, ...more }),
    get own() {
      return own();
    },
  };
}

/** The server of `MDB_ORACLE_URL`, or a TNS server of our own. */
export function testServer(): TestServer {
  if (realUrl === undefined) return ownServer();
  const url = realUrl;
  return {
    isOwn: false,
    options: (more = {}) => ({ ...oracleDriver.parseUrl(url), ...more }),
    get own(): TnsServer {
      throw new Error("the tests run on a real server");
    },
  };
}
