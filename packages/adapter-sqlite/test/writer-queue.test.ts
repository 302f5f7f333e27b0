import { systemClock, unlimited } from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { joinFile, leaveFile } from "../src/file-state.ts";
import { Patience } from "../src/patience.ts";
import { WriterQueue } from "../src/writer-queue.ts";
import { type Connection, connect, failure, isPending, rows, run, temporaryFile } from "./support/database.ts";

const patient = () => new Patience(unlimited, Number.POSITIVE_INFINITY, new AbortController().signal, systemClock);

describe("the queue", () => {
  it("gives the turn first come, first served, and to its owner again", async () => {
    const queue = new WriterQueue();
    const owners = [{}, {}, {}] as const;
    const order: number[] = [];
    expect(queue.take(owners[0])).toBe(true);
    expect(queue.take(owners[0])).toBe(true);
    expect(queue.take(owners[1])).toBe(false);
    const waiting = [owners[1], owners[2]].map((owner, index) =>
      queue.wait(owner, patient()).then(() => {
        order.push(index + 1);
        queue.release(owner);
      }),
    );
    queue.release(owners[1]);
    expect(order).toEqual([]);
    queue.release(owners[0]);
    await Promise.all(waiting);
    expect(order).toEqual([1, 2]);
    expect(queue.take(owners[0])).toBe(true);
  });

  it("hands the turn over without a gap in which somebody else could take it", async () => {
    const queue = new WriterQueue();
    const [first, second, third] = [{}, {}, {}];
    queue.take(first);
    const waiting = queue.wait(second, patient());
    queue.release(first);
    expect(queue.take(third)).toBe(false);
    await waiting;
    expect(queue.take(second)).toBe(true);
  });

  it("forgets who gave up waiting", async () => {
    const queue = new WriterQueue();
    const [first, second, third] = [{}, {}, {}];
    queue.take(first);
    const abort = new AbortController();
    const context = { deadline: Number.POSITIVE_INFINITY, signal: abort.signal };
    const gaveUp = queue.wait(second, new Patience(context, 60_000, new AbortController().signal, systemClock));
    const waiting = queue.wait(third, patient());
    abort.abort(new Error("enough"));
    await expect(gaveUp).rejects.toThrow("aborted before the statement ran");
    queue.release(first);
    await waiting;
    expect(queue.take(third)).toBe(true);
  });

  it("is one per file and per process, for as long as somebody has the file open", () => {
    const first = joinFile("/data/a.db");
    expect(joinFile("/data/a.db")).toBe(first);
    expect(joinFile("/data/b.db")).not.toBe(first);
    leaveFile("/data/a.db", first);
    expect(joinFile("/data/a.db")).toBe(first);
    leaveFile("/data/a.db", first);
    leaveFile("/data/a.db", first);
    const next = joinFile("/data/a.db");
    expect(next).not.toBe(first);
    leaveFile("/data/a.db", next);
  });
});

describe("two connections of one process", () => {
  async function pair(options = {}): Promise<readonly [Connection, Connection]> {
    const filename = temporaryFile();
    const first = await connect({ filename, ...options });
    await run(first, "create table t (id integer primary key, v integer)");
    return [first, await connect({ filename, ...options })];
  }

  it("write one after the other, and neither fails", async () => {
    const [first, second] = await pair();
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    const waiting = Promise.resolve(run(second, "insert into t values (2, 2)"));
    expect(await isPending(waiting)).toBe(true);
    await run(first, "insert into t values (3, 3)");
    await first.commit();
    await waiting;
    expect(await rows(second, "select id from t order by id")).toEqual([[1], [2], [3]]);
  });

  it("lose no update of a hundred transactions that read and write", async () => {
    const [first, second] = await pair();
    await run(first, "insert into t values (1, 0)");
    const count = async (connection: Connection) => {
      for (let round = 0; round < 50; round++) {
        await connection.begin({});
        const [[value]] = (await rows(connection, "select v from t where id = 1")) as [[number]];
        await run(connection, "update t set v = ? where id = 1", value + 1);
        await connection.commit();
      }
    };
    await Promise.all([count(first), count(second)]);
    expect(await rows(first, "select v from t")).toEqual([[100]]);
  });

  it("read while the other one writes, and see only what is committed", async () => {
    const [first, second] = await pair();
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    expect(run(second, "select count(*) from t")).toMatchObject({ rows: [[0]] });
    await second.begin({ readOnly: true });
    expect(await rows(second, "select count(*) from t")).toEqual([[0]]);
    await first.commit();
    expect(await rows(second, "select count(*) from t")).toEqual([[0]]);
    await second.commit();
    expect(await rows(second, "select count(*) from t")).toEqual([[1]]);
  });

  it("pass the turn on after a rollback, a failed statement and the end of a connection", async () => {
    const [first, second] = await pair();
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    const afterRollback = Promise.resolve(run(second, "insert into t values (2, 2)"));
    await first.rollback();
    await afterRollback;

    await failure(() => run(first, "insert into t values (2, 2)"));
    await run(second, "insert into t values (3, 3)");

    await first.begin({});
    await run(first, "insert into t values (4, 4)");
    const afterEnd = Promise.resolve(run(second, "insert into t values (5, 5)"));
    first.destroy();
    await afterEnd;
    expect(await rows(second, "select id from t order by id")).toEqual([[2], [3], [5]]);
  });

  it("pass the turn on when SQLite ends the transaction by itself", async () => {
    const [first, second] = await pair();
    await run(first, "insert into t values (1, 1)");
    await first.begin({});
    await run(first, "insert into t values (2, 2)");
    const waiting = Promise.resolve(run(second, "insert into t values (3, 3)"));
    expect((await failure(() => run(first, "insert or rollback into t values (1, 1)"))).kind).toBe("unique");
    expect(first.txStatus).toBe("idle");
    await waiting;
    expect(await rows(second, "select id from t order by id")).toEqual([[1], [3]]);
  });

  it("take turns for transactions that text begins, too", async () => {
    const [first, second] = await pair();
    await run(first, "begin");
    expect(first.txStatus).toBe("active");
    await run(first, "insert into t values (1, 1)");
    const waiting = Promise.resolve(run(second, "begin immediate"));
    expect(await isPending(waiting)).toBe(true);
    await run(first, "commit");
    expect(first.txStatus).toBe("idle");
    await waiting;
    expect(second.txStatus).toBe("active");
    await run(second, "rollback");
    await run(first, "insert into t values (2, 2)");
  });

  it("wait no longer than busyTimeoutMs, and then say that it was the lock", async () => {
    const [first, second] = await pair({ busyTimeoutMs: 20 });
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    const failed = await failure(() => run(second, "insert into t values (2, 2)"));
    expect(failed).toMatchObject({ kind: "lock-timeout", executed: "yes", connection: "ok", retry: "transaction" });
    await first.commit();
    await run(second, "insert into t values (2, 2)");
  });

  it("wait no longer than the caller's deadline and signal, in a transaction too", async () => {
    const [first, second] = await pair();
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    const statement = { text: "insert into t values (2, 2)", values: [] };
    for (const begins of [false, true]) {
      if (begins) await second.begin({});
      const late = await failure(() => second.query(statement, { deadline: performance.now() + 10 }));
      expect(late).toMatchObject({ kind: "statement-timeout", executed: "no" });
      const abort = new AbortController();
      const waiting = failure(() => second.query(statement, { deadline: Infinity, signal: abort.signal }));
      abort.abort(new Error("enough"));
      expect(await waiting).toMatchObject({ kind: "cancelled", executed: "no", error: { cause: new Error("enough") } });
      expect(second.txStatus).toBe(begins ? "active" : "idle");
    }
    second.rollback();
    await first.commit();
    await run(second, "insert into t values (2, 2)");
  });

  it("stop waiting when the connection is destroyed", async () => {
    const [first, second] = await pair();
    await first.begin({});
    await run(first, "insert into t values (1, 1)");
    const waiting = failure(() => run(second, "insert into t values (2, 2)"));
    second.destroy(new Error("the reason"));
    expect(await waiting).toMatchObject({ kind: "lost", connection: "dead", executed: "no" });
    await first.commit();
    await run(first, "insert into t values (3, 3)");
    expect(await rows(first, "select id from t order by id")).toEqual([[1], [3]]);
  });
});
