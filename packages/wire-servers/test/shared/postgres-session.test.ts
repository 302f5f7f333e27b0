import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PostgresSession } from "../../src/shared/postgres-session.ts";
import { createScratchDatabase, type ScratchDatabase } from "../../src/shared/scratch-database.ts";

describe("the PostgreSQL session behind a wire server", () => {
  let database: ScratchDatabase;
  let session: PostgresSession;

  beforeAll(async () => {
    database = await createScratchDatabase(inject("postgresUrl"), "mdb_session_test");
    session = await PostgresSession.open(database.url, { application_name: "a name", "wire.flag": "on" });
    await session.run("CREATE TABLE numbers (n int primary key)");
  });

  afterAll(async () => {
    await session.close();
    await database.drop();
  });

  it("gives every value as PostgreSQL's own text", async () => {
    const { rows, columns } = await session.run(
      "SELECT 1, $1::numeric, $2::bytea, null, current_setting('application_name')",
      ["1.50", Buffer.from([0, 255])],
    );
    expect(rows).toEqual([["1", "1.50", "\\x00ff", null, "a name"]]);
    expect(columns.map((it) => it.typeOid)).toEqual([23, 1700, 17, 25, 25]);
  });

  it("pulls rows in portions and counts them", async () => {
    const cursor = session.cursor("SELECT * FROM generate_series(1, $1::int)", ["5"]);
    const sizes = [];
    while (!cursor.finished) sizes.push((await cursor.read(2)).length);
    expect(sizes).toEqual([2, 2, 1]);
    expect(cursor.rowCount).toBe(5);
  });

  it("can be left before the last row", async () => {
    const cursor = session.cursor("SELECT * FROM generate_series(1, 1000)");
    await cursor.read(2);
    await cursor.close();
    expect((await session.run("SELECT 7")).rows).toEqual([["7"]]);
  });

  it("fails in the middle of the rows and goes on", async () => {
    const cursor = session.cursor("SELECT 1 / (3 - n) FROM generate_series(1, 5) n");
    await cursor.read(2);
    await expect(cursor.read(2)).rejects.toMatchObject({ code: "22012" });
    expect(session.status).toBe("idle");
    expect((await session.run("SELECT 7")).rows).toEqual([["7"]]);
  });

  it("counts what a statement changed", async () => {
    expect((await session.run("INSERT INTO numbers VALUES (100), (101)")).rowCount).toBe(2);
    expect((await session.run("DELETE FROM numbers WHERE n >= 100 RETURNING n")).rowCount).toBe(2);
    expect((await session.run("CREATE TABLE other (n int)")).rowCount).toBeNull();
  });

  it("undoes only the failing statement inside a transaction", async () => {
    await session.begin();
    await session.statement(() => session.run("INSERT INTO numbers VALUES (1)"));
    const failing = session.statement(async () => {
      await session.run("INSERT INTO numbers VALUES (2)");
      await session.run("INSERT INTO numbers VALUES (1)");
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(session.status).toBe("active");
    await session.commit();
    expect((await session.run("SELECT n FROM numbers")).rows).toEqual([["1"]]);
  });

  it("makes a transaction of a statement of several parts", async () => {
    const failing = session.statement(async () => {
      await session.run("INSERT INTO numbers VALUES (3)");
      await session.run("SELECT 1/0");
    });
    await expect(failing).rejects.toMatchObject({ code: "22012" });
    expect(session.status).toBe("idle");
    expect((await session.run("SELECT n FROM numbers WHERE n = 3")).rows).toEqual([]);
  });

  it("cancels what runs, and never what comes after", async () => {
    const sleeping = session.run("SELECT pg_sleep(60)");
    const observed = expect(sleeping).rejects.toMatchObject({ code: "57014" });
    const other = await PostgresSession.open(database.url);
    const isSleeping = async () => {
      const found = await other.run("SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND wait_event = 'PgSleep'", [
        String(session.processId),
      ]);
      return found.rows.length > 0;
    };
    while (!(await isSleeping()));
    await session.cancel();
    await observed;
    for (let round = 0; round < 20; round++) {
      await session.cancel();
      expect((await session.run("SELECT 7")).rows).toEqual([["7"]]);
    }
    await other.close();
  });

  it("tells when it was killed, and rejects what comes then", async () => {
    const victim = await PostgresSession.open(database.url);
    const lost = new Promise<Error>((resolve) => {
      victim.onLost = resolve;
    });
    await session.run("SELECT pg_terminate_backend($1::int)", [String(victim.processId)]);
    expect(await lost).toBeInstanceOf(Error);
    await expect(victim.run("SELECT 1")).rejects.toBeInstanceOf(Error);
    await victim.close();
  });
});
