import { type DriverConnection, unlimited } from "@nsj/mdb-core";
import { type FakeDriver, fakeDriver } from "@nsj/mdb-testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let fake: FakeDriver;

beforeEach(() => {
  fake = fakeDriver();
});

afterEach(() => fake.close());

function connect(deadline = Number.POSITIVE_INFINITY): Promise<DriverConnection> {
  return fake.driver.connector({}).connect({ deadline });
}

async function run(connection: DriverConnection, text: string): Promise<unknown[][]> {
  return (await connection.query({ text, values: [] }, unlimited)).rows;
}

async function kindOf(work: unknown): Promise<string> {
  try {
    await work;
  } catch (error) {
    return fake.driver.classify(error).kind;
  }
  return "no error";
}

describe("the fake driver", () => {
  it("is a real database when nobody says otherwise", async () => {
    const connection = await connect();
    await run(connection, "create table t (id integer)");
    await connection.begin({});
    await run(connection, "insert into t (id) values (1)");
    await connection.rollback();
    expect(await run(connection, "select count(*) from t")).toEqual([[0]]);
  });

  it("answers as its script says, once or as often as it says", async () => {
    const connection = await connect();
    fake.script({ on: "query", text: /^select/, times: 2, action: { answer: { rows: [[7]], affected: 1 } } });
    expect(await run(connection, "select 1")).toEqual([[7]]);
    expect(await run(connection, "select 2")).toEqual([[7]]);
    expect(await run(connection, "select 3")).toEqual([[3]]);
  });

  it("fails as its script says, and lives or dies by it", async () => {
    const connection = await connect();
    fake.script({ on: "query", action: { fail: { kind: "deadlock" } } });
    expect(await kindOf(run(connection, "select 1"))).toBe("deadlock");
    expect(connection.usable).toBe(true);
    fake.script({ on: "query", action: { fail: { kind: "lost" } } });
    expect(await kindOf(run(connection, "select 1"))).toBe("lost");
    expect(connection.usable).toBe(false);
    expect(await kindOf(run(connection, "select 1"))).toBe("lost");
  });

  it("commits and then loses the answer", async () => {
    const connection = await connect();
    await run(connection, "create table t (id integer)");
    await connection.begin({});
    await run(connection, "insert into t (id) values (1)");
    fake.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    expect(await kindOf(connection.commit())).toBe("lost");
    expect(await run(await connect(), "select count(*) from t")).toEqual([[1]]);
  });

  it("refuses connections, or lets them hang until the deadline or the signal", async () => {
    fake.script(
      { on: "connect", action: { fail: { kind: "auth" } } },
      { on: "connect", times: 2, action: { hang: true } },
    );
    expect(await kindOf(connect())).toBe("auth");
    expect(await kindOf(connect(performance.now() + 20))).toBe("connect-timeout");
    const abort = new AbortController();
    const opening = fake.driver.connector({}).connect({ deadline: Number.POSITIVE_INFINITY, signal: abort.signal });
    abort.abort();
    expect(await kindOf(opening)).toBe("cancelled");
    expect((await connect()).usable).toBe(true);
  });

  it("hangs until it is cancelled or destroyed", async () => {
    const connection = await connect();
    fake.script({ on: "query", times: 2, action: { hang: true } });
    const first = kindOf(run(connection, "select 1"));
    await connection.cancel?.(unlimited);
    expect(await first).toBe("cancelled");
    const second = kindOf(run(connection, "select 1"));
    connection.destroy();
    expect(await second).toBe("lost");
  });

  it("waits for what the script names", async () => {
    const connection = await connect();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    fake.script({ on: "query", action: { waitFor: gate } });
    let done = false;
    const running = run(connection, "select 1").then((rows) => {
      done = true;
      return rows;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    open();
    expect(await running).toEqual([[1]]);
  });

  it("dies idle and says so once", async () => {
    const connection = await connect();
    const errors: unknown[] = [];
    connection.onFatal = (error) => errors.push(error);
    fake.connections[0]?.die();
    fake.connections[0]?.die();
    expect(errors.map((error) => fake.driver.classify(error).kind)).toEqual(["lost"]);
    expect(connection.usable).toBe(false);
  });

  it("logs every call with its connection", async () => {
    const first = await connect();
    const second = await connect();
    await run(second, "select 1");
    await first.begin({});
    first.destroy();
    expect(fake.calls.map((it) => `${it.connection} ${it.on}${it.text === undefined ? "" : ` ${it.text}`}`)).toEqual([
      "1 connect",
      "2 connect",
      "2 query select 1",
      "1 begin",
      "1 destroy",
    ]);
  });

  it("has only the members that its capabilities declare", async () => {
    const bare = fakeDriver({ capabilities: { cancel: "none", stream: "none", savepoints: "no-release" } });
    const connection = await bare.driver.connector({}).connect(unlimited);
    expect([connection.cancel, connection.stream, connection.releaseSavepoint]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(connection.savepoint).toBeTypeOf("function");
    bare.close();
  });
});
