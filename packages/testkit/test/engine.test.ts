import { type ReferenceServer, referenceDriver, referenceServer } from "@nsj/mdb-testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What the small engine promises beyond the conformance suite, which the reference driver passes.
let server: ReferenceServer;

beforeAll(async () => {
  server = await referenceServer();
});

afterAll(() => server.close());

async function connect() {
  const { host, port, user, password, database } = server;
  const connection = await referenceDriver.connector({ host, port, user, password, database }).connect({
    deadline: Number.POSITIVE_INFINITY,
  });
  const run = async (text: string) =>
    (await connection.query({ text, values: [] }, { deadline: Number.POSITIVE_INFINITY })).rows;
  return { connection, run };
}

describe("the reference server", () => {
  it("tells statements apart by semicolons outside quotes and comments", async () => {
    const { connection, run } = await connect();
    expect(await run("select ';' as a /* ; */ -- ;\n")).toEqual([[";"]]);
    const { rows, next } = await connection.query(
      { text: `select 'a;b' as "c;d"; -- ; \n select 2`, values: [] },
      { deadline: Number.POSITIVE_INFINITY },
    );
    expect([rows, next?.rows, next?.next]).toEqual([[["a;b"]], [[2]], undefined]);
    connection.destroy();
  });

  it("ends the sessions of clients that are gone", async () => {
    await expect.poll(() => server.sessions).toBe(0);
    const { connection } = await connect();
    expect(server.sessions).toBe(1);
    connection.destroy();
    await expect.poll(() => server.sessions).toBe(0);
  });

  it("lets a writer wait for another one, and gives up in time", async () => {
    const [first, second] = [await connect(), await connect()];
    await first.run("create table waiting (id integer)");
    await first.connection.begin({});
    await first.run("insert into waiting (id) values (1)");
    const waiting = second.run("insert into waiting (id) values (2)");
    await first.connection.commit();
    await waiting;
    expect(await first.run("select id from waiting order by id")).toEqual([[1], [2]]);
    first.connection.destroy();
    second.connection.destroy();
  });
});
