import { AsyncLocalStorage } from "node:async_hooks";
import { IdempotencyError, type Message, toDatabase } from "@nsj/mdb-outbox";
import { expect, it } from "vitest";
import type { outboxBeds } from "./outbox-bed.ts";

/** Runs something as another call does, outside of what runs here. */
const outside = AsyncLocalStorage.snapshot();

/** The inbox. */
export function inboxCases(fresh: ReturnType<typeof outboxBeds>): void {
  it("applies a message once in a database, however often it is handed over", async () => {
    const { database, events, remembered, effect, write, untilEmpty, numbers } = await fresh();
    const handler = toDatabase(database, effect, { inbox: remembered });
    const id = await write(1);
    const message: Message = { id, topic: "did", key: undefined, body: { n: 1 }, traceparent: undefined };
    const context = { attempt: 1, signal: new AbortController().signal };
    await handler(message, context);
    await handler(message, context);
    await using _running = events.relay({ did: handler }, { idleMs: 20 }).start();
    await untilEmpty();
    expect(await numbers()).toEqual([1]);
  });

  it("tells which of several were not done before, and runs what was not", async () => {
    const { database, remembered } = await fresh();
    let runs = 0;
    const apply = (id: string) =>
      database.transaction((tx) => remembered.apply(tx, "orders", id, async () => void runs++));
    expect([await apply("a"), await apply("a"), runs]).toEqual([true, false, 1]);
    const asked = (source: string, ids: readonly string[]) =>
      database.transaction(async (tx) => [...(await remembered.remember(tx, source, ids))].sort());
    expect(await asked("orders", [])).toEqual([]);
    expect(await asked("orders", ["c", "a", "b", "c"])).toEqual(["b", "c"]);
    expect(await asked("orders", ["a", "b", "c"])).toEqual([]);
    expect(await asked("invoices", ["a"])).toEqual(["a"]);
    const many = Array.from({ length: 1_203 }, (_, n) => `many ${n}`);
    expect(await asked("orders", many)).toHaveLength(1_203);
    expect(await asked("orders", [...many, "one more"])).toEqual(["one more"]);
  });

  it("keeps the answer of what is done once, and refuses the key for something else", async () => {
    const { remembered, applied, numbers } = await fresh();
    let runs = 0;
    const order = (request: unknown) =>
      remembered.once(
        "key 1",
        async (tx) => {
          runs++;
          await tx.execute(`insert into ${applied} (message, n) values ('x', :runs)`, { runs });
          return { order: runs };
        },
        { request },
      );
    expect(await order({ item: "a" })).toEqual({ order: 1 });
    expect(await order({ item: "a" })).toEqual({ order: 1 });
    await expect(order({ item: "b" })).rejects.toThrow(IdempotencyError);
    await expect(order({ item: "b" })).rejects.toMatchObject({ statusCode: 422 });
    expect(await numbers()).toEqual([1]);
    const failing = remembered.once("key 2", async () => {
      throw new RangeError("no");
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await remembered.once("key 2", async () => "second")).toBe("second");
    expect(await remembered.once("KEY 2", async () => "another")).toBe("another");
    // Whoever came again would get null for it.
    const unkept = remembered.once("key 3", async () => ({ total: Number.NaN }));
    await expect(unkept).rejects.toThrow(/the answer is nothing that JSON can hold/);
    expect(await remembered.once("key 3", async () => 3)).toBe(3);
    expect(await remembered.forget(new Date(Date.now() + 1_000))).toBe(4);
  });

  it("refuses a key that is missing, which all who send none would share", async () => {
    const { remembered } = await fresh();
    for (const key of ["", undefined as never, 5 as never]) {
      const refused = remembered.once(key, async () => 1);
      await expect(refused).rejects.toMatchObject({ name: "IdempotencyError", reason: "no key", statusCode: 400 });
    }
  });

  it("does it once for two who come at the same time", async () => {
    const { remembered, applied, numbers } = await fresh();
    let runs = 0;
    const both = await Promise.all(
      [1, 2].map(() =>
        remembered.once("key", async (tx) => {
          runs++;
          await tx.execute(`insert into ${applied} (message, n) values ('x', 1)`);
          return runs;
        }),
      ),
    );
    expect(both).toEqual([1, 1]);
    expect(await numbers()).toEqual([1]);
  });

  it("gives the answer that somebody else has kept since the transaction began from which it is asked for", async () => {
    const { database, remembered, table } = await fresh();
    const answers = await database.transaction(
      async () => {
        await database.query(`select 1 as one from ${table}_in`);
        await outside(() => remembered.once("key", async () => "theirs"));
        return remembered.once("key", async () => "mine");
      },
      { readOnly: database.engine === "sqlite" },
    );
    expect(answers).toBe("theirs");
  });

  it("tells ids and senders apart by every character, of whatever length", async () => {
    const { database, remembered } = await fresh();
    const ids = ["abc", "ABC", "abc ", "äbc", "a\u0308bc", "abc\u0000", "x".repeat(500), `${"x".repeat(500)}y`];
    const known = (source: string, some: readonly string[]) =>
      database.transaction(async (tx) => [...(await remembered.remember(tx, source, some))]);
    for (const source of ["shop", "Shop", "shop "]) {
      for (const id of ids) expect(await known(source, [id]), JSON.stringify([source, id])).toEqual([id]);
      expect(await known(source, [...ids, "new"])).toEqual(["new"]);
    }
  });
}
