import { randomBytes } from "node:crypto";
import { type Database, type DatabaseEntry, DatabaseManager, TransactionStateError } from "@nsj/mdb-core";
import {
  Discard,
  IdempotencyError,
  type Inbox,
  inbox,
  type Message,
  type Outbox,
  outbox,
  toDatabase,
} from "@nsj/mdb-outbox";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

/** What every engine has to do the same way. @param entry - called once the servers are up */
export function outboxSuite(engine: string, entry: () => DatabaseEntry): void {
  describe(`the outbox on ${engine}`, () => {
    let databases: DatabaseManager;
    let database: Database;
    let events: Outbox;
    let remembered: Inbox;
    let applied: string;
    beforeAll(async () => {
      databases = new DatabaseManager({ main: entry() });
      database = databases.database("main");
    });
    afterAll(() => databases.close());

    /** Tables of its own for each test. */
    async function fresh(): Promise<void> {
      const name = `o${randomBytes(5).toString("hex")}`;
      events = outbox(database, { table: name });
      remembered = inbox(database, { table: `${name}_in` });
      applied = `${name}_did`;
      await events.createTables();
      await events.createTables();
      await remembered.createTables();
      await database.execute(`create table ${applied} (message varchar(36) not null, n integer not null)`);
      onTestFinished(async () => {
        for (const table of [name, `${name}_lanes`, `${name}_dead`, `${name}_in`, applied]) {
          await database.execute(`drop table ${table}`);
        }
      });
    }

    const write = (n: number, key?: string, topic = "did") =>
      database.transaction(() => events.add({ topic, key, body: { n, text: "Grüße €" } }));

    const effect = toDatabaseEffect(() => applied);

    async function untilEmpty(): Promise<void> {
      while ((await events.size()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }

    const numbers = async (): Promise<readonly number[]> =>
      (await database.query(`select n from ${applied}`, [], { rowMode: "array" })).map(([n]) => Number(n));

    it("is real with its transaction, and not without one", async () => {
      await fresh();
      await expect(events.add({ topic: "did", body: 1 })).rejects.toThrow(TransactionStateError);
      const failing = database.transaction(async () => {
        await events.add({ topic: "did", body: 1 });
        throw new RangeError("no");
      });
      await expect(failing).rejects.toThrow(RangeError);
      expect(await events.size()).toBe(0);
      await database.transaction(async () => {
        expect(
          await events.addMany([
            { topic: "did", body: 1 },
            { topic: "did", key: "k", body: null },
          ]),
        ).toHaveLength(2);
      });
      expect(await events.size()).toBe(2);
    });

    it("refuses what does not fit before anything is sent", async () => {
      await fresh();
      const adding = (message: Parameters<Outbox["add"]>[0]) => database.transaction(() => events.add(message));
      await expect(adding({ topic: "", body: 1 })).rejects.toThrow(RangeError);
      await expect(adding({ topic: "t", key: "k".repeat(201), body: 1 })).rejects.toThrow(RangeError);
      await expect(adding({ topic: "t", body: undefined })).rejects.toThrow(TypeError);
      expect(() => outbox(database, { table: "No; drop table x" })).toThrow(RangeError);
      expect(() => events.relay({}, { batchSize: 0 })).toThrow(/batchSize/);
      expect(() => events.relay({}, { batch: 1 } as object)).toThrow(/unknown option "batch"/);
      expect(() => events.relay({}, { pollInterval: 1 } as object)).toThrow(/"pollInterval"; did you mean "idleMs"\?/);
      expect(() => events.relay({}, { concurrency: 1 } as object)).toThrow(/relays share the lanes/);
    });

    it("hands messages over in the order of their key, with what was written, and removes them", async () => {
      await fresh();
      for (let n = 0; n < 12; n++) await write(n, `key ${n % 3}`);
      const seen: Message[] = [];
      const relay = events.relay({ did: async (message) => void seen.push(message) }, { batchSize: 5, idleMs: 20 });
      await using _running = relay.start();
      await untilEmpty();
      const bodies = seen.map(({ key, body }) => [key, (body as { n: number }).n] as const);
      for (const key of ["key 0", "key 1", "key 2"]) {
        const ofKey = bodies.filter(([it]) => it === key).map(([, n]) => n);
        expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
        expect(ofKey).toHaveLength(4);
      }
      expect(seen[0]?.body).toMatchObject({ text: "Grüße €" });
    });

    it("applies a message once in a database, however often it is handed over", async () => {
      await fresh();
      const handler = toDatabase(database, effect, { inbox: remembered });
      const id = await write(1);
      const message: Message = { id, topic: "did", key: undefined, body: { n: 1 } };
      const context = { attempt: 1, signal: new AbortController().signal };
      await handler(message, context);
      await handler(message, context);
      await using _running = events.relay({ did: handler }, { idleMs: 20 }).start();
      await untilEmpty();
      expect(await numbers()).toEqual([1]);
    });

    it("holds up a key whose message fails, and not its lane", async () => {
      await fresh();
      await write(1, "a");
      await write(2, "a");
      await write(3, "b");
      const seen: number[] = [];
      let failures = 0;
      const relay = events.relay(
        {
          did: async ({ body }, { attempt }) => {
            const { n } = body as { n: number };
            if (n === 1 && attempt < 3) throw new Error("not yet");
            seen.push(n);
          },
        },
        { idleMs: 10, initialBackoffMs: 5, maxBackoffMs: 5, onError: () => void failures++ },
      );
      await using _running = relay.start();
      await untilEmpty();
      expect(seen.filter((n) => n < 3)).toEqual([1, 2]);
      expect(seen).toContain(3);
      expect(failures).toBe(2);
    });

    it("gives a message up after its last attempt or by Discard, tells why, and revives it", async () => {
      await fresh();
      const failing = await write(1, "a");
      const discarded = await write(2, "b");
      const unhandled = await write(3, "c", "nobody");
      let isFixed = false;
      const seen: number[] = [];
      const did = async ({ body }: Message): Promise<void> => {
        const { n } = body as { n: number };
        if (n === 2 && !isFixed) throw new Discard("never");
        if (n === 1 && !isFixed) throw new RangeError("secret");
        seen.push(n);
      };
      const options = { idleMs: 10, attempts: 2, initialBackoffMs: 1, onError: () => undefined };
      await using _running = events.relay({ did }, options).start();
      await untilEmpty();
      const dead = await events.dead();
      const reasons = Object.fromEntries(dead.map(({ id, reason, attempts }) => [id, [reason, attempts]]));
      expect(reasons).toEqual({
        [failing]: ["RangeError", 2],
        [discarded]: ["discarded: never", 1],
        [unhandled]: ["Error", 2],
      });
      isFixed = true;
      expect(await events.revive([failing, discarded, "nothing"])).toBe(2);
      await untilEmpty();
      expect(seen.sort()).toEqual([1, 2]);
      expect((await events.dead()).map(({ id }) => id)).toEqual([unhandled]);
    });

    it("does not hand over what is not due", async () => {
      await fresh();
      const later = new Date(Date.now() + 3_600_000);
      await database.transaction(() => events.add({ topic: "did", body: { n: 1 }, availableAt: later }));
      const now = await write(2);
      const seen: string[] = [];
      await using _running = events.relay({ did: async ({ id }) => void seen.push(id) }, { idleMs: 10 }).start();
      while ((await events.size()) > 1) await new Promise((resolve) => setTimeout(resolve, 5));
      expect(seen).toEqual([now]);
    });

    it("is shared by relays, of which one that dies loses its lanes", async () => {
      await fresh();
      const handler = toDatabase(database, effect, { inbox: remembered });
      const options = { idleMs: 10, leaseMs: 400, batchSize: 10 };
      // Never comes back, and shows no sign of life while it hangs: as if its process had been killed.
      const hanging = events.relay({ did: () => new Promise(() => undefined) }, options);
      await write(0, "first");
      void hanging.start();
      while ((await ownersOf(database, events)) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      const wanted: number[] = [0];
      for (let n = 1; n <= 30; n++) {
        wanted.push(n);
        await write(n, `key ${n % 7}`);
      }
      await using _one = events.relay({ did: handler }, options).start();
      await using _two = events.relay({ did: handler }, options).start();
      await untilEmpty();
      expect([...(await numbers())].sort((a, b) => a - b)).toEqual(wanted);
    });

    it("keeps the answer of what is done once, and refuses the key for something else", async () => {
      await fresh();
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
      expect(await remembered.forget(new Date(Date.now() + 1_000))).toBe(2);
    });

    it("does it once for two who come at the same time", async () => {
      await fresh();
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
  });
}

function toDatabaseEffect(table: () => string): Parameters<typeof toDatabase>[1] {
  return (tx, { id, body }) =>
    tx.execute(`insert into ${table()} (message, n) values (:id, :n)`, { id, n: (body as { n: number }).n });
}

/** How many lanes have an owner. */
async function ownersOf(database: Database, events: Outbox): Promise<number> {
  const lanes = /create table (\w+_lanes)/.exec(events.ddl().join("\n"))?.[1];
  return Number(await database.queryScalar(`select count(*) from ${lanes} where owner <> '-'`));
}
