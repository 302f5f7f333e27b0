import {
  CommitOutcomeUnknownError,
  ConfigurationError,
  ConnectionLostError,
  type Database,
  type DriverConnection,
  DriverFault,
  type Fate,
  type OperationContext,
  type Transaction,
} from "@nsj/mdb-core";
import { describe, expect, it } from "vitest";
import { FakeClock } from "../pool/fake-clock.ts";
import { idsOf, type Tamper, useTestServer, withMembers } from "./test-database.ts";

const server = useTestServer();
const insert = "insert into items (id, name) values (:id, :name)";
const verifyOutcome = true;

interface Loss {
  /** What happens instead of the first connection's COMMIT, before it is lost. */
  readonly commit?: (connection: DriverConnection) => unknown;
  readonly fateOf?: (number: string, context: OperationContext, real: () => Promise<Fate>) => Promise<Fate>;
  /** Of the first connection, once it is lost. */
  readonly number?: undefined;
}

/** Loses the first connection while its COMMIT is under way. */
function losing({ commit = (it) => it.commit(), fateOf, ...more }: Loss): Tamper {
  return (connection, index) =>
    withMembers(connection, {
      ...(index === 0 && {
        commit: async () => {
          await commit(connection);
          connection.destroy();
          throw DriverFault.lost("the connection was lost");
        },
      }),
      ...(index === 0 && "number" in more && { transactionNumber: undefined }),
      ...(fateOf !== undefined && {
        fateOf: (number: string, context: OperationContext) =>
          fateOf(number, context, async () => (await connection.fateOf?.(number, context)) as Fate),
      }),
    });
}

const nothing = (): void => {};
const insertOne = (tx: Pick<Transaction, "execute">): Promise<unknown> => tx.execute(insert, { id: 1, name: "a" });

describe("a transaction whose COMMIT was lost, and whose outcome is verified", () => {
  it("has committed where the server says so, also one that is held, and a session's", async () => {
    const ways: readonly ((database: Database) => Promise<unknown>)[] = [
      (database) => database.transaction(insertOne, { verifyOutcome }),
      async (database) => {
        await using tx = await database.begin({ verifyOutcome });
        await insertOne(tx);
        await tx.commit();
      },
      async (database) => {
        await using session = await database.getSession({ verifyOutcome });
        await insertOne(session);
        await session.commit();
      },
      (database) => database.withConnection((it) => it.transaction(insertOne, { verifyOutcome })),
    ];
    for (const way of ways) {
      const database = await server.open({}, { tamper: losing({}) });
      await way(database);
      expect(await idsOf(database)).toEqual([1]);
      expect(database.stats().busy).toBe(0);
    }
  });

  it("is asked after until the server knows, whatever the transaction's own bounds say by then", async () => {
    const answers: Fate[] = ["pending", "pending"];
    let asked = 0;
    const abort = new AbortController();
    const tamper = losing({
      commit: async (it) => {
        await it.commit();
        abort.abort();
      },
      fateOf: async (_number, _context, real) => answers[asked++] ?? real(),
    });
    const database = await server.open({}, { tamper });
    await database.transaction(insertOne, { verifyOutcome, signal: abort.signal });
    expect(asked).toBe(3);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("is asked after again where a connection is lost over the question", async () => {
    let asked = 0;
    const tamper = losing({
      fateOf: async (_number, _context, real) => {
        if (++asked === 1) throw DriverFault.lost("the connection was lost");
        return real();
      },
    });
    const database = await server.open({}, { tamper });
    await database.transaction(insertOne, { verifyOutcome });
    expect(asked).toBe(2);
  });

  it("is asked after ahead of everybody who waits for a connection", async () => {
    const tamper = losing({});
    const database = await server.open({ pool: { max: 2 } }, { tamper });
    const lost = Promise.withResolvers<void>();
    const committing = database.transaction(
      async (tx) => {
        await insertOne(tx);
        await lost.promise;
      },
      { verifyOutcome },
    );
    // The other connection is held, and more want one than there are, for longer than the test takes.
    const over = Promise.withResolvers<void>();
    const held = Array.from({ length: 4 }, () =>
      database.withConnection(async (it) => {
        await it.query("select 1");
        await over.promise;
      }),
    );
    await expect.poll(() => database.stats().waiting).toBe(3);
    lost.resolve();
    await committing;
    expect(database.stats().waiting).toBeGreaterThan(0);
    over.resolve();
    await Promise.all(held);
    expect(await idsOf(database)).toEqual([1]);
  });

  it("stays unknown where the server cannot tell, where the number is not known, and where the pool is closed", async () => {
    for (const [loss, why] of [
      [{ fateOf: async () => "unknown" }, "cannot tell"],
      [{ number: undefined }, "number is not known"],
    ] as const satisfies readonly (readonly [Loss, string])[]) {
      const database = await server.open({}, { tamper: losing(loss) });
      const error = await database.transaction(insertOne, { verifyOutcome }).catch((it: unknown) => it);
      expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
      expect((error as Error).message).toContain(why);
      expect((error as Error).cause).toBeInstanceOf(ConnectionLostError);
    }
    const closed = Promise.withResolvers<Promise<unknown>>();
    const tamper = losing({
      commit: async () => {
        const closing = database.close({ timeoutMs: 1_000 });
        closed.resolve(closing);
      },
    });
    const database: Database = await server.open({}, { tamper });
    const error = await database.transaction(insertOne, { verifyOutcome }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CommitOutcomeUnknownError);
    expect((error as Error).message).toContain("MDB_POOL_CLOSED");
    expect((error as Error).cause).toBeInstanceOf(AggregateError);
    await closed.promise;
  });

  it("stays unknown after outcomeTimeoutMs, however often it was asked after", async () => {
    const clock = new FakeClock();
    let asked = 0;
    const tamper = losing({
      fateOf: async () => {
        asked++;
        return "pending";
      },
    });
    const database = await server.open({ outcomeTimeoutMs: 20_000 }, { clock, tamper });
    let outcome: unknown;
    const committing = database.transaction(insertOne, { verifyOutcome }).catch((error: unknown) => {
      outcome = error;
    });
    while (outcome === undefined) await clock.advance(100);
    await committing;
    expect(outcome).toBeInstanceOf(CommitOutcomeUnknownError);
    expect((outcome as Error).message).toContain("still open");
    expect(asked).toBeGreaterThan(10);
    expect(clock.now()).toBeLessThan(1_000 + 22_000);
  });

  it("does not wait for ever for a server that does not answer the question", async () => {
    const clock = new FakeClock();
    const destroyed: ((error: unknown) => void)[] = [];
    const losesFirst = losing({});
    const tamper: Tamper = (connection, index) =>
      withMembers(losesFirst(connection, index), {
        fateOf: () => new Promise<never>((_, reject) => destroyed.push(reject)),
        destroy: (reason) => {
          connection.destroy(reason);
          for (const reject of destroyed.splice(0)) reject(DriverFault.lost("the connection was destroyed"));
        },
      });
    const database = await server.open({ outcomeTimeoutMs: 20_000 }, { clock, tamper });
    let outcome: unknown;
    const committing = database.transaction(insertOne, { verifyOutcome }).catch((error: unknown) => {
      outcome = error;
    });
    while (outcome === undefined) await clock.advance(100);
    await committing;
    expect(outcome).toBeInstanceOf(CommitOutcomeUnknownError);
    expect(clock.now()).toBeLessThan(1_000 + 25_000);
    expect(database.stats().busy).toBe(0);
  });

  it("is not asked after unless that was said, and nothing is traced then", async () => {
    const begun: unknown[] = [];
    const database = await server.open(
      {},
      {
        tamper: (connection) =>
          withMembers(connection, {
            begin: (options) => {
              begun.push(options);
              return connection.begin(options);
            },
          }),
      },
    );
    await database.transaction(insertOne);
    await database.transaction(nothing as never, { verifyOutcome });
    await database.transaction((tx) => tx.query("select 1"), { verifyOutcome });
    expect(begun).toEqual([{}, { traceable: true }]);
  });
});

it("an engine that cannot tell what became of a transaction refuses verifyOutcome, also where another one would be joined", async () => {
  const database = await server.open({}, { withoutFates: true });
  const refused = { code: "MDB_CONFIGURATION", key: "verifyOutcome" };
  await expect(database.transaction(insertOne, { verifyOutcome })).rejects.toMatchObject(refused);
  await expect(database.transaction(() => database.transaction(insertOne, { verifyOutcome }))).rejects.toMatchObject(
    refused,
  );
  await expect((async () => database.begin({ verifyOutcome }))()).rejects.toBeInstanceOf(ConfigurationError);
  await expect((async () => database.getSession({ verifyOutcome }))()).rejects.toBeInstanceOf(ConfigurationError);
  expect(await idsOf(database)).toEqual([]);
});
