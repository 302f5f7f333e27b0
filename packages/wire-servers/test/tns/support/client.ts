import oracledb from "oracledb";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { TnsServer, type TnsServerOptions } from "../../../src/index.ts";

/** A server for the tests of one file, and oracledb's own connections to it. */
export interface TestClient {
  readonly server: TnsServer;
  /** Connects; closed after the tests of the file. */
  connect(more?: Partial<oracledb.ConnectionAttributes>): Promise<oracledb.Connection>;
}

/** Starts a server before the tests of a file and stops it after them; but for `faulty` ones it must have understood all that it was sent. */
export function useServer({
  faulty = false,
  characterSet = "AL32UTF8",
}: {
  faulty?: boolean;
  characterSet?: TnsServerOptions["characterSet"];
} = {}): TestClient {
  let running: TnsServer | undefined;
  const connections: oracledb.Connection[] = [];
  beforeAll(async () => {
    const users = { scott: "tiger", adams: "wood" };
    running = await TnsServer.start({ postgresUrl: inject("postgresUrl"), users, characterSet });
  });
  afterAll(async () => {
    await Promise.allSettled(connections.map((connection) => connection.close()));
    await running?.stop();
    if (!faulty) expect(running?.faults).toEqual([]);
    expect(running?.refusals).toEqual([]);
  });
  return {
    get server() {
      if (running === undefined) throw new Error("the server is not started yet");
      return running;
    },
    async connect(more = {}) {
      const { connectString } = this.server;
      const connection = await oracledb.getConnection({ user: "scott", password: "tiger", connectString, ...more });
      connections.push(connection);
      return connection;
    },
  };
}

/** The rows of a query, numbers as text. */
export async function rowsOf(
  connection: oracledb.Connection,
  text: string,
  binds: oracledb.BindParameters = [],
): Promise<unknown[][]> {
  const fetchTypeHandler = ({ dbType }: oracledb.Metadata<unknown>) =>
    dbType === oracledb.DB_TYPE_NUMBER || dbType === oracledb.DB_TYPE_CLOB
      ? { type: oracledb.STRING }
      : dbType === oracledb.DB_TYPE_BLOB
        ? { type: oracledb.BUFFER }
        : undefined;
  const { rows = [] } = await connection.execute<unknown[]>(text, binds, { fetchTypeHandler });
  return rows;
}

/** The number and position of the error that this fails with. */
export async function failureOf(
  work: () => Promise<unknown>,
): Promise<{ readonly number: number; readonly offset: number; readonly message: string }> {
  try {
    await work();
  } catch (error) {
    const { errorNum = 0, offset = 0, message } = error as oracledb.DBError;
    return { number: errorNum, offset, message };
  }
  throw new Error("it did not fail");
}
