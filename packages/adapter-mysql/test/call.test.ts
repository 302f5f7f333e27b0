import type { Socket } from "node:net";
import { DatabaseManager, defineDatabase, sql } from "@nsj/mdb-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driver, serverOptions, withServer } from "./support/server.ts";
import { openSession } from "./support/session.ts";

withServer(() => {
  describe("a procedure", () => {
    const databases = new DatabaseManager({ main: defineDatabase(driver, serverOptions()) });
    const db = databases.database("main");
    beforeAll(async () => {
      await db.execute("drop procedure if exists mdb_outs");
      await db.execute(`create procedure mdb_outs(in a int, out b decimal(30, 10), out c datetime(6), out d bigint, out e varchar(10), inout f int)
        begin set b = 0.333333333 * a, c = '2026-01-01 01:02:03.4', d = 9223372036854775807, e = 'é', f = f + 1; end`);
    });
    afterAll(() => databases.close());

    it("gives its outputs in their own types, in whatever order they are named", async () => {
      const outs = {
        f: sql.inout("int", 1),
        e: sql.out("varchar"),
        d: sql.out("bigint"),
        c: sql.out("datetime"),
        b: sql.out("decimal"),
        A: 1,
      };
      const { out } = await db.call("mdb_outs", outs);
      expect(out).toEqual({
        f: 2,
        e: "é",
        d: 9_223_372_036_854_775_807n,
        c: new Date("2026-01-01T01:02:03.400Z"),
        b: "0.3333333330",
      });
    });

    it("gives output texts of every character set, and bytes as they are", async () => {
      await db.execute("drop procedure if exists mdb_texts");
      await db.execute(`create procedure mdb_texts(out a varchar(9) character set latin1, out b text character set utf16, out c char(3) character set utf8mb4,
        out d varbinary(3), out e enum('é'), out f varchar(9))
        begin set a = 'é€', b = '😀', c = 'ü', d = x'00ff', e = 'é'; end`);
      const { out } = await db.call("mdb_texts", {});
      const d = Buffer.from([0, 255]);
      expect(out).toEqual({ a: "é€", b: "😀", c: "ü", d, e: "é", f: null });
      expect(await db.queryScalar("select 1 + ?", [1])).toEqual(2);
    });

    it("is read to its end where the server says behind its outputs that there is no more, as MySQL does", async () => {
      const { connection, value, close, forEver } = await openSession();
      const { stream } = (connection as unknown as { raw(): { readonly stream: Socket } }).raw();
      const emit = stream.emit.bind(stream) as (event: string | symbol, ...given: unknown[]) => boolean;
      let silenced = 0;
      stream.emit = (event: string | symbol, ...given: unknown[]) => {
        if (event === "data") silenced += silenceOutputs(given[0] as Buffer);
        return emit(event, ...given);
      };
      const parameters = [
        { name: "a", direction: "in", value: 1 },
        { name: "f", direction: "inout", value: 1 },
      ] as const;
      const { out } = (await connection.call?.({ procedure: ["mdb_outs"], parameters }, forEver)) ?? {};
      expect(out).toMatchObject({ e: "é" });
      expect(silenced).toBe(1);
      expect(await value("select 1 + ?", 1)).toBe(2);
      await close();
    });

    it("gives its results one after the other", async () => {
      await db.execute("drop procedure if exists mdb_results");
      await db.execute("create procedure mdb_results() begin select 1 as a; select 2 as b, 3 as c; end");
      const { resultSets } = await db.call("mdb_results");
      expect(resultSets.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ b: 2, c: 3 }]]);
    });

    it("takes its parameters by name though it was made anew with another order", async () => {
      await db.execute("drop procedure if exists mdb_order");
      await db.execute("create procedure mdb_order(in a int, in b int, out c int) set c = a * 10 + b");
      const call = async () => (await db.call("mdb_order", { a: 1, b: 2, c: sql.out("int") })).out;
      expect(await call()).toEqual({ c: 12 });
      await db.execute("drop procedure if exists mdb_order");
      await db.execute("create procedure mdb_order(in b int, in a int, out c int) set c = a * 10 + b");
      expect(await call()).toEqual({ c: 12 });
    });

    it.each([
      [{ a: 1 }, "missing"],
      [{ a: 1, b: 2, f: 1 }, "for output"],
      [{ a: sql.out("int"), f: 1 }, "gives nothing back"],
      [{ a: 1, f: 1, nobody: 2 }, "nobody"],
    ])("whose parameters do not fit is refused: %j", async (parameters, words) => {
      await expect(db.call("mdb_outs", parameters as never)).rejects.toMatchObject({
        code: "MDB_PARAMETER",
        cause: expect.objectContaining({ message: expect.stringContaining(words) }),
      });
    });

    it("that is a function gives its value", async () => {
      await db.execute("drop function if exists mdb_plus");
      await db.execute("create function mdb_plus(a int, b int) returns bigint deterministic return a + b");
      expect((await db.call("mdb_plus", { b: 2, a: 1 })).returnValue).toBe(3);
    });

    it("that is not there is named", async () => {
      await expect(db.call("mdb_nowhere", {})).rejects.toMatchObject({ code: "MDB_UNDEFINED_OBJECT" });
    });
  });
});

/** Takes out of the end of output parameters that more follows. Says in how many answers. */
function silenceOutputs(answer: Buffer): number {
  const outputs = 0x10_00;
  const more = 0x08;
  const ends: number[] = [];
  for (let at = 0; at + 4 < answer.length; at += 4 + answer.readUIntLE(at, 3)) {
    // EOF: its byte, two of warnings, and the status.
    if (answer[at + 4] === 0xfe && answer.readUIntLE(at, 3) === 5) ends.push(at + 7);
  }
  const [columns, rows] = ends;
  if (columns === undefined || rows === undefined || (answer.readUInt16LE(columns) & outputs) === 0) return 0;
  answer.writeUInt16LE(answer.readUInt16LE(rows) & ~more, rows);
  return 1;
}
