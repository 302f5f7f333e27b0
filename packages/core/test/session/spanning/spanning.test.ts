import {
  BranchPendingError,
  CommitOutcomeUnknownError,
  ConfigurationError,
  ConnectionLostError,
  ParameterError,
  PartialCommitError,
  SerializationError,
  StatementTimeoutError,
  TransactionAbortedError,
  TransactionStateError,
  UndefinedObjectError,
  UniqueViolationError,
  UnknownDatabaseError,
  UnsupportedError,
} from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { fakeDatabases, forgetful, old, unable } from "./fake-databases.ts";

/** What the decider is asked for before the first transaction. */
const look = ["select id as", "insert into mdb_decisions", "select outcome as"];

const insert = (id: number) => `insert into t (id) values (${id})`;

describe("a transaction over several databases", () => {
  it("commits in all of them, and gives what its callback gave", async () => {
    const { databases, rows, prepared, sent } = await fakeDatabases({ a: {}, b: {}, c: unable });
    const result = await databases.transaction(["a", "b", "c"], async ({ a, b, c }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
      await c.execute(insert(3));
      return "done";
    });
    expect(result).toBe("done");
    expect(sent("a")).toEqual(["begin", "insert into t", "prepareBranch", "finishPrepared commit"]);
    expect(sent("c")).toEqual([...look, "begin", "insert into t", "insert into mdb_decisions", "commit"]);
    expect(await rows()).toEqual({ a: [1], b: [2], c: [3] });
    expect(await prepared()).toBe(0);
  });

  it("rolls all of them back when the callback fails", async () => {
    const { databases, rows, prepared, sent } = await fakeDatabases({ a: {}, b: {} });
    const failing = databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(sent("b")).toEqual(["begin", "insert into t", "rollback"]);
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
  });

  it("is joined by what runs on its databases in the same chain, and by nothing else", async () => {
    const { databases, rows, prepared } = await fakeDatabases({ a: {}, b: {}, c: {} });
    const failing = databases.transaction(["a", "b"], async () => {
      await databases.database("a").execute(insert(1));
      await databases.transaction("b", (tx) => tx.execute(insert(2)));
      await databases.database("c").execute(insert(3));
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await rows()).toEqual({ a: [], b: [], c: [3] });
    expect(await prepared()).toBe(0);
  });

  it("rolls all back when a failure was swallowed in one of them", async () => {
    const { databases, rows } = await fakeDatabases({ a: {}, b: {} });
    const failing = databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
      await b.execute(insert(2)).catch(() => undefined);
    });
    await expect(failing).rejects.toThrow(TransactionAbortedError);
    expect(await rows()).toEqual({ a: [], b: [] });
  });

  it("rolls all back when one of them refuses to prepare, and its refusal is the error", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {}, c: {} });
    fakes.c.script({ on: "prepareBranch", action: { fail: { kind: "serialization" } } });
    const failing = databases.transaction(["a", "b", "c"], async ({ a, b, c }) => {
      for (const [index, it] of [a, b, c].entries()) await it.execute(insert(index));
    });
    await expect(failing).rejects.toMatchObject({ code: "MDB_SERIALIZATION", database: "c" });
    expect(await rows()).toEqual({ a: [], b: [], c: [] });
    expect(await prepared()).toBe(0);
    expect(databases.stats().c?.busy).toBe(0);
  });

  it("rolls all back when the decider refuses to commit", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
    fakes.a.script({ on: "commit", action: { fail: { kind: "serialization" } } });
    const failing = databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
    });
    await expect(failing).rejects.toMatchObject({ code: "MDB_SERIALIZATION", database: "a" });
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
  });

  it("runs its callback again where that may help", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: {}, b: {} });
    fakes.b.script({ on: "prepareBranch", action: { fail: { kind: "serialization" } } });
    let runs = 0;
    await databases.transaction(
      ["a", "b"],
      async ({ a, b }) => {
        runs++;
        await a.execute(insert(1));
        await b.execute(insert(2));
      },
      { retry: { attempts: 3, backoffMs: 0 } },
    );
    expect(runs).toBe(2);
    expect(await rows()).toEqual({ a: [1], b: [2] });
  });

  it("runs the hooks of every handle once, when everything is to be seen, and outside of everything", async () => {
    const { databases } = await fakeDatabases({ a: {}, b: {} });
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      seen.push(await databases.database("a").queryScalar("select count(*) from t"));
      seen.push(await databases.database("b").queryScalar("select count(*) from t"));
    };
    await databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
      a.onCommit(look);
      b.onCommit(look);
      b.onRollback(() => seen.push("rolled back"));
    });
    expect(seen.map(Number)).toEqual([1, 1, 1, 1]);
    await databases
      .transaction(["a", "b"], async ({ b }) => {
        b.onCommit(() => seen.push("committed"));
        b.onRollback(() => seen.push("rolled back"));
        throw new RangeError("no");
      })
      .catch(() => undefined);
    expect(seen.slice(4)).toEqual(["rolled back"]);
  });

  it("ends at its deadline, in the callback and in the protocol", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
    // With connections that are open: on a busy machine opening one may take longer than that.
    await rows();
    const waiting = databases.transaction(
      ["a", "b"],
      async ({ a }) => {
        await a.execute(insert(1));
        await new Promise(() => undefined);
      },
      { timeoutMs: 30 },
    );
    await expect(waiting).rejects.toThrow(StatementTimeoutError);
    fakes.b.script({ on: "prepareBranch", action: { hang: true } });
    const hanging = databases.transaction(
      ["a", "b"],
      async ({ a, b }) => {
        await a.execute(insert(1));
        await b.execute(insert(2));
      },
      { timeoutMs: 30 },
    );
    await expect(hanging).rejects.toThrow(StatementTimeoutError);
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
    expect([databases.stats().a?.busy, databases.stats().b?.busy]).toEqual([0, 0]);
  });
});

describe("what a transaction over several databases sends", () => {
  it("is nothing to what was not touched, and an ordinary commit where one has written", async () => {
    for (const writer of ["a", "b"] as const) {
      const { databases, sent, rows } = await fakeDatabases({ a: {}, b: {}, c: {} });
      await databases.transaction(["a", "b", "c"], (handles) => handles[writer].execute(insert(1)));
      const others = (["a", "b", "c"] as const).filter((it) => it !== writer);
      expect(sent(writer)).toEqual([...(writer === "a" ? look : []), "begin", "insert into t", "commit"]);
      for (const other of others) expect(sent(other)).toEqual(other === "a" ? look : []);
      expect((await rows())[writer]).toEqual([1]);
    }
  });

  it("is the decision alone to a decider that was not touched, once two others have written", async () => {
    const { databases, sent, rows } = await fakeDatabases({ a: {}, b: {}, c: {} });
    await databases.transaction(["a", "b", "c"], async ({ b, c }) => {
      await b.execute(insert(1));
      await c.execute(insert(2));
    });
    expect(sent("a")).toEqual([...look, "begin", "insert into mdb_decisions", "commit"]);
    expect(await rows()).toEqual({ a: [], b: [1], c: [2] });
  });

  it("writes its decision while the branches prepare, and commits it once all of them have", async () => {
    const { databases, fakes, sent, rows } = await fakeDatabases({ a: {}, b: {} });
    const mayPrepare = Promise.withResolvers<void>();
    fakes.b.script({ on: "prepareBranch", action: { waitFor: mayPrepare.promise } });
    const ending = databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute(insert(1));
      await b.execute(insert(2));
    });
    const isWritten = () => sent("a").filter((it) => it === "insert into mdb_decisions").length === 2;
    while (!isWritten()) await new Promise((resolve) => setImmediate(resolve));
    await Promise.race([ending, new Promise((resolve) => setImmediate(resolve))]);
    expect(sent("a")).not.toContain("commit");
    mayPrepare.resolve();
    await ending;
    expect(await rows()).toEqual({ a: [1], b: [2] });
  });

  it("begins the transaction that decides as one whose commit is durable", async () => {
    const { databases } = await fakeDatabases({ a: { isPlain: false }, b: {} });
    const durability = await databases.transaction(["a", "b"], async ({ a, b }) => {
      await a.execute("select set_setting('durability', 'off')");
      await b.execute("select set_setting('durability', 'off')");
      return [await a.queryScalar("select setting('durability')"), await b.queryScalar("select setting('durability')")];
    });
    expect(durability).toEqual(["on", "off"]);
  });
});

describe("a server that cannot prepare, though its driver can", () => {
  it("decides from the first transaction on, which is the first thing of all", async () => {
    const { databases, sent, rows } = await fakeDatabases({ a: {}, b: old });
    for (const id of [1, 2]) {
      await databases.transaction(["a", "b"], async ({ a, b }) => {
        await a.execute(insert(id));
        await b.execute(insert(id));
      });
    }
    expect(sent("a").filter((it) => it === "commit")).toEqual([]);
    expect(await rows()).toEqual({ a: [1, 2], b: [1, 2] });
  });

  it("is refused beside another one before the callback runs, each time", async () => {
    const { databases, sent } = await fakeDatabases({ a: {}, b: old, c: old });
    for (let round = 0; round < 2; round++) {
      const refused = databases.transaction(["a", "b", "c"], async () => expect.unreachable());
      await expect(refused).rejects.toThrow(UnsupportedError);
      await expect(refused).rejects.toThrow(/b \(b\) and c \(c\) cannot prepare/);
    }
    expect([...sent("a"), ...sent("b"), ...sent("c")]).toEqual([]);
  });

  it("is the only one that can be asked for as the decider, from the first transaction on", async () => {
    const { databases } = await fakeDatabases({ a: {}, b: old });
    for (let round = 0; round < 2; round++) {
      const refused = databases.transaction(["a", "b"], async () => expect.unreachable(), { decider: "a" });
      await expect(refused).rejects.toThrow(ParameterError);
    }
  });

  it("is the only reason to open a connection to what is not touched", async () => {
    const { databases } = await fakeDatabases({ a: { isPlain: true }, b: {}, c: { said: {} } });
    const refused = databases.transaction(["a", "b", "c"], async () => expect.unreachable());
    await expect(refused).rejects.toThrow(UndefinedObjectError);
    expect([databases.stats().b?.total, databases.stats().c?.total]).toEqual([0, 1]);
  });

  it("that cannot be reached is no obstacle to a transaction that does not touch it", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: {}, b: { ...old, pool: { acquireTimeoutMs: 50 } } });
    fakes.b.script({ on: "connect", times: 1_000, action: { fail: { kind: "refused", connection: "dead" } } });
    const connects = (): number => databases.stats().b?.connectFailures ?? 0;
    await databases.transaction(["a", "b"], ({ a }) => a.execute(insert(1)));
    const asked = connects();
    // Nor is it waited for again.
    await databases.transaction(["a", "b"], ({ a }) => a.execute(insert(2)));
    expect([asked > 0, connects()]).toEqual([true, asked]);
    fakes.b.clearScript();
    expect((await rows()).a).toEqual([1, 2]);
  });
});

describe("a transaction over several databases that cannot be", () => {
  const never = async (): Promise<never> => {
    throw new Error("the callback must not run");
  };

  it("is refused before anything is sent", async () => {
    const two = await fakeDatabases({
      a: {},
      b: {},
      c: unable,
      d: unable,
      e: { capabilities: { branches: "none", maxConnections: 1 }, isPlain: true },
    });
    const { databases } = two;
    const refusals: readonly (readonly [Promise<unknown>, new (...args: never[]) => Error, RegExp])[] = [
      [databases.transaction([], never), ParameterError, /needs the labels/],
      [databases.transaction(["a", "a"], never), ParameterError, /"a" is named twice/],
      [databases.transaction(["a", "x" as "a"], never), UnknownDatabaseError, /"x"/],
      [databases.transaction(["a", "c", "d"], never), UnsupportedError, /c \(c\) and d \(d\) cannot prepare.*outbox/],
      [databases.transaction(["a", "e"], never), UnsupportedError, /in memory/],
      [databases.transaction(["a", "c"], never, { decider: "a" }), ParameterError, /c \(c\) cannot prepare/],
      [
        databases.transaction(["a", "b"], never, { decider: "c" as "a" }),
        ParameterError,
        /"c" is not among the labels/,
      ],
      [
        databases.transaction(["a", "b"], never, { readOnly: true } as object),
        ConfigurationError,
        /unknown option "readOnly"/,
      ],
      [databases.transaction(["a", "b"], never, { mode: "both" as "atomic" }), ConfigurationError, /mode/],
      [databases.transaction(["a", "b"], never, { timeoutMs: 90_000_000 }), ConfigurationError, /at most 86400000/],
      [databases.transaction(["a", "b"], never, { timeoutMs: Infinity }), ConfigurationError, /at most 86400000/],
      [
        databases.transaction(["a", "b"], never, { isolation: { b: "none" as "snapshot" } }),
        ConfigurationError,
        /isolation/,
      ],
      [databases.transaction(["a", "b"], never, { isolation: "snapshot" }), UnsupportedError, /snapshot/],
    ];
    for (const [refused, type, message] of refusals) {
      await expect(refused).rejects.toThrow(type);
      await expect(refused).rejects.toThrow(message);
    }
    for (const label of ["b", "c", "d", "e"] as const) expect(two.sent(label)).toEqual([]);
  });

  it("is refused inside of a transaction on one of its databases", async () => {
    const { databases } = await fakeDatabases({ a: {}, b: {} });
    const inside = databases.transaction("b", () => databases.transaction(["a", "b"], never));
    await expect(inside).rejects.toThrow(TransactionStateError);
    const again = databases.transaction(["a", "b"], () => databases.transaction(["b", "a"], never));
    await expect(again).rejects.toThrow(/is running already/);
  });

  it("is refused where the decider has no tables for it, by the name of the method that makes them", async () => {
    const { databases, sent } = await fakeDatabases({ a: { isPlain: true }, b: {} });
    const refused = databases.transaction(["a", "b"], never);
    await expect(refused).rejects.toThrow(UndefinedObjectError);
    await expect(refused).rejects.toThrow(/prepareStore\("a"\)/);
    expect(sent("b")).toEqual([]);
    await databases.prepareStore("a");
    await databases.transaction(["a", "b"], async () => undefined);
  });

  it("is rolled back where the store became another one meanwhile", async () => {
    const { databases, rows, prepared, other } = await fakeDatabases({ a: {}, b: {} });
    await databases.transaction(["a", "b"], async () => undefined);
    await other({}).database("a").execute("update mdb_store set id = 'anotherone0'");
    const write = () =>
      databases.transaction(["a", "b"], async ({ a, b }) => {
        await a.execute(insert(1));
        await b.execute(insert(2));
      });
    await expect(write()).rejects.toThrow(/mdb_store has another row/);
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
    await write();
    expect(await rows()).toEqual({ a: [1], b: [2] });
  });
});

describe("a lost answer", () => {
  const both = async ({ a, b }: Record<"a" | "b", { execute(text: string): Promise<unknown> }>) => {
    await a.execute(insert(1));
    await b.execute(insert(2));
  };

  it("to COMMIT of the decider is found out by the fence: committed", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
    fakes.a.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    await databases.transaction(["a", "b"], both);
    expect(await rows()).toEqual({ a: [1], b: [2] });
    expect(await prepared()).toBe(0);
  });

  it("to COMMIT of the decider is found out by the fence: rolled back", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
    fakes.a.script({ on: "commit", action: { fail: { kind: "lost" } } });
    await expect(databases.transaction(["a", "b"], both)).rejects.toThrow(ConnectionLostError);
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
  });

  it("of a decider that stays away is told as unknown, with what is known of each label, and outcome() tells later", async () => {
    const { databases, fakes, rows, prepared, other } = await fakeDatabases({ a: { pool: { max: 1 } }, b: {} });
    const error = await databases
      .transaction(
        ["a", "b"],
        async (handles) => {
          await both(handles);
          fakes.a.script(
            { on: "commit", action: { doThenFail: { kind: "lost" } } },
            { on: "connect", action: { fail: { kind: "refused" } }, times: 1_000 },
          );
        },
        { timeoutMs: 300 },
      )
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
    const { labels, transactionId = "" } = error as CommitOutcomeUnknownError;
    expect(labels).toEqual({ a: "unknown", b: "prepared" });
    // Its session may hold what is prepared, and recovery has to get at it.
    expect(fakes.b.calls.filter(({ on }) => on === "destroy")).toHaveLength(1);
    fakes.a.clearScript();
    expect(databases.stats().b?.busy).toBe(0);
    const later = other({});
    expect(await later.outcome(transactionId)).toBe("committed");
    expect((await later.inDoubt()).map(({ id, label, decision }) => ({ id, label, decision }))).toEqual([
      { id: transactionId, label: "b", decision: "committed" },
    ]);
    await later.recover();
    expect(await rows()).toEqual({ a: [1], b: [2] });
    expect(await prepared()).toBe(0);
  });

  it("to PREPARE rolls everything back, and leaves nothing prepared", async () => {
    const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
    fakes.b.script({ on: "prepareBranch", action: { doThenFail: { kind: "lost" } } });
    await expect(databases.transaction(["a", "b"], both)).rejects.toThrow(ConnectionLostError);
    expect(await rows()).toEqual({ a: [], b: [] });
    expect(await prepared()).toBe(0);
  });

  it("to the end of a branch does not reject: it is committed, and ended on another connection", async () => {
    for (const action of [{ fail: { kind: "lost" } }, { doThenFail: { kind: "lost" } }] as const) {
      const { databases, fakes, rows, prepared } = await fakeDatabases({ a: {}, b: {} });
      fakes.b.script({ on: "finishPrepared", action });
      await databases.transaction(["a", "b"], both);
      expect(await rows()).toEqual({ a: [1], b: [2] });
      expect(await prepared()).toBe(0);
    }
  });

  it("to a branch that stays away is left to recovery, told on the channel, and rejects for whoever asks for that", async () => {
    const { databases, fakes, rows, prepared, other } = await fakeDatabases({ a: {}, b: { pool: { max: 1 } } });
    const { subscribe, unsubscribe } = await import("node:diagnostics_channel");
    const told: unknown[] = [];
    const listen = (message: unknown): void => void told.push(message);
    subscribe("mdb:in-doubt", listen);
    const error = await databases
      .transaction(
        ["a", "b"],
        async (handles) => {
          await both(handles);
          fakes.b.script(
            { on: "finishPrepared", action: { fail: { kind: "lost" } }, times: 1_000 },
            { on: "connect", action: { fail: { kind: "auth" } }, times: 1_000 },
          );
        },
        { onPending: "reject" },
      )
      .catch((it: unknown) => it);
    unsubscribe("mdb:in-doubt", listen);
    expect(error).toBeInstanceOf(BranchPendingError);
    const { labels, transactionId } = error as BranchPendingError;
    expect(labels).toEqual({ a: "committed", b: "prepared" });
    expect(told).toEqual([
      { manager: expect.any(Number), id: transactionId, label: "b", engine: "b", decision: "committed" },
    ]);
    fakes.b.clearScript();
    const later = other({});
    const { branches } = await later.recover();
    expect(branches).toMatchObject([{ label: "b", decision: "committed", result: "done" }]);
    expect(await rows()).toEqual({ a: [1], b: [2] });
    expect(await prepared()).toBe(0);
  });

  it("to the commit of the only writer is found out where the server can tell", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: {}, b: {} });
    fakes.b.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    await databases.transaction(["a", "b"], ({ b }) => b.execute(insert(2)));
    expect(await rows()).toEqual({ a: [], b: [2] });
  });

  it("to the commit of the only writer is unknown, and no decision can be asked for", async () => {
    const { databases, fakes } = await fakeDatabases({ a: {}, b: forgetful });
    fakes.b.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    const error = await databases.transaction(["a", "b"], ({ b }) => b.execute(insert(2))).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
    expect((error as CommitOutcomeUnknownError).labels).toEqual({ a: "untouched", b: "unknown" });
    expect((error as CommitOutcomeUnknownError).transactionId).toBeUndefined();
  });
});

describe("best effort", () => {
  it("commits in the order of the labels, and says what became of each when one fails behind the first", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: unable, b: unable, c: unable, d: unable });
    const seen: string[] = [];
    fakes.b.script({ on: "commit", action: { fail: { kind: "serialization" } } });
    const error = await databases
      .transaction(
        ["a", "b", "c", "d"],
        async ({ a, b, c }) => {
          for (const [index, it] of [a, b, c].entries()) {
            await it.execute(insert(index));
            it.onCommit(() => seen.push(`${it.label} committed`));
            it.onRollback(() => seen.push(`${it.label} rolled back`));
          }
        },
        { mode: "best-effort" },
      )
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(PartialCommitError);
    expect(error).toMatchObject({
      labels: { a: "committed", b: "rolled back", c: "rolled back", d: "untouched" },
      cause: { code: "MDB_SERIALIZATION" },
    });
    expect(seen).toEqual(["a committed", "b rolled back", "c rolled back"]);
    expect(await rows()).toEqual({ a: [0], b: [], c: [], d: [] });
  });

  it("rolls everything back when the first one fails, and tells when its outcome is unknown", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: unable, b: unable });
    const both = () =>
      databases.transaction(
        ["a", "b"],
        async ({ a, b }) => {
          await a.execute(insert(1));
          await b.execute(insert(2));
        },
        { mode: "best-effort" },
      );
    fakes.a.script({ on: "commit", action: { fail: { kind: "unique" } } });
    await expect(both()).rejects.toThrow(UniqueViolationError);
    expect(await rows()).toEqual({ a: [], b: [] });
    fakes.a.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    const error = await both().catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
    expect((error as CommitOutcomeUnknownError).labels).toEqual({ a: "unknown", b: "rolled back" });
  });

  it("does not call that partial of which nothing was kept, and runs it again where that may help", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: {}, b: {} });
    const readAndWrite = (retry?: { readonly attempts: number }) =>
      databases.transaction(
        ["a", "b"],
        async ({ a, b }) => {
          await a.query("select id from t");
          await b.execute(insert(1));
        },
        { mode: "best-effort", retry },
      );
    fakes.b.script({ on: "commit", action: { fail: { kind: "serialization" } } });
    await expect(readAndWrite()).rejects.toThrow(SerializationError);
    fakes.b.script({ on: "commit", action: { fail: { kind: "serialization" } } });
    await readAndWrite({ attempts: 2 });
    expect(await rows()).toEqual({ a: [], b: [1] });
  });

  it("runs no hook of a database of which nobody knows whether it has committed", async () => {
    const { databases, fakes, rows } = await fakeDatabases({ a: unable, b: unable, c: unable });
    const seen: string[] = [];
    fakes.b.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
    const failing = databases.transaction(
      ["a", "b", "c"],
      async ({ a, b, c }) => {
        for (const it of [a, b, c]) {
          await it.execute(insert(1));
          it.onCommit(() => seen.push(`${it.label} committed`));
          it.onRollback(() => seen.push(`${it.label} rolled back`));
        }
      },
      { mode: "best-effort" },
    );
    await expect(failing).rejects.toMatchObject({ labels: { a: "committed", b: "unknown", c: "rolled back" } });
    expect(seen).toEqual(["a committed", "c rolled back"]);
    expect(await rows()).toEqual({ a: [1], b: [1], c: [] });
  });
});

describe("what is no name of anything here", () => {
  it("is refused, and not overlooked", async () => {
    const { databases } = await fakeDatabases({ a: {}, b: {} });
    const isolation = { bb: "serializable" } as never;
    await expect(databases.transaction(["a", "b"], async () => 1, { isolation })).rejects.toThrow(
      new ParameterError('option "isolation": "bb" is not among the labels of the transaction'),
    );
    for (const label of [undefined, null, 1, {}]) {
      await expect(databases.transaction(["a", label as never], async () => 1)).rejects.toThrow(UnknownDatabaseError);
      await expect(databases.outcome(label as never)).rejects.toThrow(ParameterError);
      await expect(databases.resolve(label as never, "commit", { force: true })).rejects.toThrow(ParameterError);
      expect(() => databases.database(label as never)).toThrow(UnknownDatabaseError);
    }
  });
});
