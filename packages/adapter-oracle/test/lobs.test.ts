import { Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { DatabaseManager, sql } from "@nsj/mdb-core";
import oracledb from "oracledb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oracle } from "../src/index.ts";
import { testServer } from "./support/server.ts";

/** More than a megabyte of UTF-8; a character beyond the basic plane lies across every boundary that a power of two makes. */
const text = `x${"\u{1f600}ä".repeat(180_000)}`;
const bytes = Buffer.alloc(1_100_000, "0123456789abcdef~");

const server = testServer();
let databases: DatabaseManager<{ main: ReturnType<typeof oracle> }>;

beforeAll(async () => {
  databases = new DatabaseManager({ main: oracle({ ...server.options(), pool: { max: 2 } }) });
  const main = databases.database("main");
  await main.execute("create table papers (id number(5) primary key, body clob, scan blob)");
  await main.execute(sql`insert into papers values (1, ${text}, ${bytes})`);
  await main.executeMany("insert into papers values (:id, :body, :scan)", [
    { id: 2, body: text, scan: bytes },
    { id: 3, body: "", scan: new Uint8Array(0) },
    { id: 4, body: "short", scan: Buffer.from([0]) },
  ]);
});
afterAll(() => databases?.close());

const all = [
  { id: 1, body: text, scan: bytes },
  { id: 2, body: text, scan: bytes },
  { id: 3, body: null, scan: null },
  { id: 4, body: "short", scan: Buffer.from([0]) },
];

describe("CLOB and BLOB", () => {
  it("come whole, an empty one as NULL", async () => {
    expect(await databases.database("main").query("select * from papers order by id")).toEqual(all);
  });

  it("come with the rows of a stream, so that one row at a time is held", async () => {
    const found: unknown[] = [];
    const rows = databases.database("main").stream("select * from papers order by id", [], { fetchSize: 1 });
    for await (const row of rows) found.push(row);
    expect(found).toEqual(all);
  });

  it("come piece by piece, and are written so, through oracledb's own connection", async () => {
    const main = databases.database("main");
    await main.withConnection(async (pinned) => {
      const connection = pinned.raw() as oracledb.Connection;
      const { rows = [] } = await connection.execute<[oracledb.Lob]>("select body from papers where id = 1");
      const [[lob] = []] = rows;
      if (lob === undefined) throw new Error("there is no such row");
      lob.setEncoding("utf8");
      expect(await textOf(lob)).toBe(text);
      const scratch = await connection.createLob(oracledb.CLOB);
      await pipeline(Readable.from(pieces(100_001)), scratch);
      await connection.execute("insert into papers (id, body) values (5, :1)", [scratch], { autoCommit: true });
    });
    expect(await main.queryScalar("select body from papers where id = 5")).toBe(text);
  });
});

function* pieces(size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
