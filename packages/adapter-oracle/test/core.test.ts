import {
  AuthenticationError,
  CancelledError,
  CommitOutcomeUnknownError,
  ConnectError,
  ConnectionLostError,
  type Database,
  DatabaseManager,
  DeadlockError,
  isMdbError,
  LockTimeoutError,
  type MdbError,
  SerializationError,
  StatementTimeoutError,
  sql,
  UnsupportedError,
} from "@nsj/mdb-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type OracleOptions, oracle } from "../src/index.ts";
import { ownServer } from "./support/server.ts";

const server = ownServer();
let databases: DatabaseManager<{ erp: ReturnType<typeof oracle> }>;
let erp: Database;

beforeAll(async () => {
  databases = new DatabaseManager({ erp: oracle({ ...server.options(), pool: { max: 2 } }) });
  erp = databases.database("erp");
  await erp.execute("create table stock (id number(5) primary key, amount number(5))");
});
afterAll(() => databases?.close());

beforeEach(async () => {
  await erp.execute("delete from stock");
  for (const id of [1, 2]) await erp.execute(sql`insert into stock (id, amount) values (${id}, 100)`);
});

/** Fails, and afterwards both places of the pool are as good as new. */
async function failure(work: () => Promise<unknown>): Promise<MdbError> {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isMdbError(error)) throw new Error("it did not fail as the library fails", { cause: error });
  const both = await Promise.all(
    [1, 2].map(() => erp.withSession((session) => session.queryScalar("select 7 from dual"))),
  );
  expect(both).toEqual([7, 7]);
  expect(erp.stats().busy).toBe(0);
  return error;
}

const amounts = async () => erp.query("select id, amount from stock order by id");

describe("a database that cannot be entered", () => {
  async function refusal(options: Partial<OracleOptions>): Promise<unknown> {
    const wrong = new DatabaseManager({
      erp: oracle({ ...server.options(options), pool: { connectTimeoutMs: 5000 } }),
    });
    try {
      return await wrong.database("erp").query("select 1 from dual");
    } catch (error) {
      return error;
    } finally {
      await wrong.close();
    }
  }

  it("for a wrong password is an AuthenticationError", async () => {
    const error = await refusal({ password: "wrong-1" });
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ retryable: false, vendorCode: "ORA-01017" });
    expect(String(error)).not.toContain("wrong-1");
  });

  it("because it demands native encryption is a matter of configuration that no retry helps", async () => {
    server.own.script.once("CONNECT", { kind: "error", number: 12660, words: "incompatible parameters" });
    const error = await refusal({});
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error).toMatchObject({ retryable: false });
  });

  it("for a service that does not exist is a ConnectError that no retry helps", async () => {
    const error = await refusal({ connectString: server.own.connectString.replace(/\/.*/, "/NOWHERE") });
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ retryable: false, vendorCode: "NJS-518" });
  });
});

describe("what stands in the way of others", () => {
  it("ORA-00054 is a LockTimeoutError, and the one in the way goes on", async () => {
    await erp.transaction(async (holder) => {
      await holder.execute("update stock set amount = 1 where id = 1");
      const error = await erp
        .withSession((session) => session.query("select id from stock where id = 1 for update nowait"))
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(LockTimeoutError);
      expect(error).toMatchObject({ retryable: true, vendorCode: "ORA-00054" });
    });
    expect((await amounts())[0]).toEqual({ id: 1, amount: 1 });
  });

  it("ORA-00060 is a DeadlockError of one of the two, whose work is rolled back; the other commits", async () => {
    let met = 0;
    let meet: () => void = () => undefined;
    const meeting = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const cross = (first: number, second: number) =>
      erp.transaction(async (tx) => {
        await tx.execute(sql`update stock set amount = ${first} where id = ${first}`);
        met += 1;
        if (met === 2) meet();
        await meeting;
        await tx.execute(sql`update stock set amount = ${first} where id = ${second}`);
      }, {});
    const outcomes = await Promise.allSettled([cross(1, 2), cross(2, 1)]);
    const errors = outcomes.flatMap((it) => (it.status === "rejected" ? [it.reason as unknown] : []));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(DeadlockError);
    expect(errors[0]).toMatchObject({ retryable: true, vendorCode: "ORA-00060" });
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled") + 1;
    expect(await amounts()).toEqual([1, 2].map((id) => ({ id, amount: winner })));
  });

  it("ORA-08177 is a SerializationError", async () => {
    const error = await failure(() =>
      erp.transaction(
        async (tx) => {
          await tx.query("select amount from stock");
          await erp.transaction((other) => other.execute("update stock set amount = 5 where id = 1"), {
            propagation: "requires_new",
          });
          await tx.execute("update stock set amount = 6 where id = 1");
        },
        { isolation: "snapshot" },
      ),
    );
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ retryable: true, vendorCode: "ORA-08177" });
    expect((await amounts())[0]).toEqual({ id: 1, amount: 5 });
  });
});

describe("a statement that is stopped", () => {
  const hanging = "select 'hanging' from dual";

  it("by the caller's signal is a CancelledError, by ORA-01013 of the server", async () => {
    const calls = server.own.record();
    server.own.script.once(hanging, { kind: "hang" });
    const controller = new AbortController();
    const error = await failure(async () => {
      const running = erp.query(hanging, [], { signal: controller.signal });
      await expect.poll(() => calls).toContain(hanging);
      controller.abort();
      await running;
    });
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.retryable).toBe(false);
  });

  it("by its time limit is a StatementTimeoutError", async () => {
    server.own.script.once(hanging, { kind: "hang" });
    const error = await failure(() => erp.query(hanging, [], { timeoutMs: 100 }));
    expect(error).toBeInstanceOf(StatementTimeoutError);
  });
});

describe("a connection that is lost", () => {
  it("idle is replaced before anybody hears of it", async () => {
    server.own.cutAll("reset");
    await expect.poll(() => erp.stats().idle).toBe(0);
    expect(await erp.queryScalar("select 1 from dual")).toBe(1);
  });

  it("in a call is a ConnectionLostError", async () => {
    const text = "update stock set amount = 9";
    server.own.script.once(text, { kind: "cut", ending: "reset" });
    const error = await failure(() => erp.execute(text));
    expect(error).toBeInstanceOf(ConnectionLostError);
  });

  it("in a transaction takes with it what was done", async () => {
    const error = await failure(() =>
      erp.transaction(async (tx) => {
        await tx.execute("update stock set amount = 9");
        server.own.cutAll("reset");
        await tx.execute("update stock set amount = 10");
      }, {}),
    );
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(await amounts()).toEqual([1, 2].map((id) => ({ id, amount: 100 })));
  });

  it.each([
    [true, 9],
    [false, 100],
  ])("during a commit leaves the outcome open (here: %s)", async (afterwards, left) => {
    server.own.script.once("COMMIT", { kind: "cut", afterwards });
    const error = await failure(() => erp.transaction((tx) => tx.execute("update stock set amount = 9")));
    expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
    expect(error.retryable).toBe(false);
    expect(await amounts()).toEqual([1, 2].map((id) => ({ id, amount: left })));
  });

  it("by an ORA number that the driver hides behind NJS-500 too", async () => {
    for (const number of [28, 1089, 3113, 3135]) {
      server.own.script.once("select 'dies' from dual", { kind: "error", number, words: "words" });
      expect(await failure(() => erp.execute("select 'dies' from dual"))).toBeInstanceOf(ConnectionLostError);
    }
  });
});
