import { TnsServer } from "@nsj/mdb-wire-servers";
import { afterAll, beforeAll, expect, inject } from "vitest";
import type { OracleOptions } from "../../src/index.ts";

/** The real server that `MDB_ORACLE_URL` names; `undefined`: the tests start a TNS server of their own. */
export const realUrl = process.env["MDB_ORACLE_URL"] || undefined;

const password = "tiger#7-secret";

/** A server for the tests of one file, of which they can ask what only a server of ours can do. */
export interface TestServer {
  /** Options that connect to it. */
  options(more?: Partial<OracleOptions>): OracleOptions;
  readonly password: string;
  /** @throws where a real server is used */
  readonly own: TnsServer;
}

/** Starts a TNS server before the tests of a file and stops it after them. The server must have understood all that it was sent. */
export function testServer(): TestServer {
  let running: TnsServer | undefined;
  beforeAll(async () => {
    running = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users: { scott: password, adams: "other" } });
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
    password,
    options: (more = {}) => ({ user: "scott", password, connectString: own().connectString, ...more }),
    get own() {
      return own();
    },
  };
}
