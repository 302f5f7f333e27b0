import { describe, expect, it } from "vitest";
import { useClient } from "./support/client.ts";

const { batch, client, query } = useClient();

async function session(): Promise<unknown> {
  const text = `select db_name() as name, @@lock_timeout as timeout, transaction_isolation_level as level
    from sys.dm_exec_sessions where session_id = @@spid`;
  return (await batch(text)).recordset[0];
}

const fresh = { name: "mdb", timeout: -1, level: 2 };

// "If you run a SET statement in a stored procedure or trigger, the value of the SET option gets restored after the stored procedure or trigger
// returns control. Also, if you specify a SET statement in a dynamic SQL string that runs by using either sp_executesql or EXECUTE, the value of the SET
// option gets restored": https://learn.microsoft.com/sql/t-sql/statements/set-statements-transact-sql
describe("SET and USE", () => {
  const changes = "set lock_timeout 77; set transaction isolation level serializable; use master";

  it("end with sp_executesql, whether it succeeds or not", async () => {
    expect((await query(`${changes}; select @@lock_timeout as t, @v as v`, { v: 1 })).recordset[0]).toMatchObject({
      t: 77,
    });
    expect(await session()).toEqual(fresh);
    await expect(query(`${changes}; select cast('x' as int), @v`, { v: 1 })).rejects.toMatchObject({ number: 245 });
    expect(await session()).toEqual(fresh);
  });

  it("end with EXECUTE of a text, and SET with a procedure", async () => {
    await batch(`exec ('${changes}')`);
    expect(await session()).toEqual(fresh);
    await batch("create procedure setter as set lock_timeout 77; set xact_abort on");
    await batch("exec setter");
    expect(await session()).toEqual(fresh);
  });

  it("of a batch stay", async () => {
    await batch(changes);
    expect(await session()).toEqual({ name: "master", timeout: 77, level: 4 });
    await batch("use mdb; set lock_timeout -1; set transaction isolation level read committed");
  });
});

describe("USE", () => {
  it("tells the client, by ENVCHANGE and by message 5701, and refuses a database that does not exist", async () => {
    // What the driver's types do not tell of its pool.
    const pool = client() as unknown as {
      acquire(requester: object): Promise<NodeJS.EventEmitter>;
      release(connection: NodeJS.EventEmitter): void;
    };
    const connection = await pool.acquire({});
    const told: string[] = [];
    connection.on("databaseChange", (name: string) => told.push(name));
    pool.release(connection);
    await batch("use MASTER; use mdb; use mdb");
    expect(told).toEqual(["master", "mdb"]);
    await expect(batch("use nowhere")).rejects.toMatchObject({ number: 911 });
  });
});
