import { setTimeout as pause } from "node:timers/promises";
import { isMdbError } from "@nsj/mdb-core";
import type { HandlerRequest } from "./handler-request.ts";
import { journal } from "./journal.ts";
import { tenantAnswers, tenantStreams } from "./tenant-handlers.ts";

const insert = "insert into notes (id) values (:user)";

/** Handlers that answer with JSON, by name. What the routes of the service do is the same in each framework. */
const answering = {
  /** Needs no database. */
  async idle() {
    return { ok: true };
  },

  async commit({ session, user }: HandlerRequest) {
    const orders = await session("orders");
    await orders.execute(insert, { user });
    await orders.commit();
    return { user };
  },

  async forget({ session, user }: HandlerRequest) {
    await (await session("orders")).execute(insert, { user });
    return { user };
  },

  async fail({ session, user }: HandlerRequest) {
    await (await session("orders")).execute(insert, { user });
    throw new Error("a failure of the handler");
  },

  async twice({ session, user }: HandlerRequest) {
    const orders = await session("orders");
    await orders.execute(insert, { user });
    await orders.execute(insert, { user });
  },

  async missing({ databases, user }: HandlerRequest) {
    return databases.database("orders").queryOne("select id from notes where id = :user", { user });
  },

  async unknown({ session }: HandlerRequest) {
    return session("ordres");
  },

  async late({ session }: HandlerRequest) {
    await (await session("orders")).query("select sleep(600000)", [], { timeoutMs: 20 });
  },

  /** Answers although its statement still runs: it had a limit of its own, and no idea how to stop what it began. */
  async gaveUp({ session, user }: HandlerRequest) {
    const orders = await session("orders");
    await orders.execute(insert, { user });
    await Promise.race([
      orders.query("select sleep(600000)"),
      pause(20).then(() => Promise.reject(new Error("the handler ran out of time"))),
    ]);
  },

  /** Runs until its client goes away. */
  async hang({ session, user }: HandlerRequest) {
    const orders = await session("orders");
    await orders.execute(insert, { user });
    return noting(() => orders.query("select sleep(600000)"));
  },

  /** The same outside of the session. */
  async hangAlone({ databases, clientGone }: HandlerRequest) {
    return noting(() => databases.database("orders").query("select sleep(600000)", [], { signal: clientGone }));
  },

  /** One of many at once: see the suite. */
  async isolated({ databases, session, user }: HandlerRequest) {
    const orders = await session("orders");
    const sameSession = (await session("orders")) === orders;
    await orders.execute(insert, { user });
    const connection = await orders.queryScalar<string>("select session_id()");
    const alone = journal.enter(connection);
    const audit = databases.database("audit");
    const ambient = await audit.transaction(async (tx) => {
      await audit.execute(insert, { user });
      const [own, joined] = [
        await tx.queryScalar("select session_id()"),
        await audit.queryScalar("select session_id()"),
      ];
      const seen = await audit.queryScalar("select count(*) from notes where id = :user", { user });
      return own === joined && seen === 1;
    });
    const seen = await orders.queryScalar("select count(*) from notes where id = :user", { user });
    const sameConnection = (await orders.queryScalar("select session_id()")) === connection;
    journal.leave(connection);
    if (user % 2 === 0) await orders.commit();
    return { user, sameSession, alone, ambient, seen, sameConnection };
  },

  /** Works for a moment and says when it began; for the tests of shutting down. */
  async work({ session, user }: HandlerRequest) {
    process.stdout.write(`accepted ${user}\n`);
    const orders = await session("orders");
    await orders.execute(insert, { user });
    await orders.query("select sleep(20)");
    await orders.commit();
    return { user };
  },

  async workForEver({ session, user }: HandlerRequest) {
    const orders = await session("orders");
    await orders.execute(insert, { user });
    process.stdout.write(`accepted ${user}\n`);
    await orders.query("select sleep(600000)");
    await orders.commit();
  },
};

/** Handlers that give lines, which the framework sends as they come. */
const streaming = {
  async *stream({ databases, clientGone }: HandlerRequest) {
    const rows = databases
      .database("orders")
      .stream<{ n: number }>(
        "with recursive s(n) as (select 1 union all select n + 1 from s where n < 1000000) select n from s",
        [],
        { signal: clientGone, fetchSize: 100 },
      );
    for await (const { n } of rows) yield `${n}\n`;
  },

  async *streamShort({ databases }: HandlerRequest) {
    yield* lines(databases.database("orders").stream<{ id: number }>("select id from notes order by id"));
  },

  async *streamFail({ databases }: HandlerRequest) {
    yield* lines(databases.database("orders").stream<{ id: number }>("select 1 as id union all select 2"));
    throw new Error("a failure of the stream");
  },
};

async function* lines(rows: AsyncIterable<{ id: number }>): AsyncIterable<string> {
  for await (const { id } of rows) yield `${id}\n`;
}

/** Runs a statement and notes how it ended, for the test whose client is not there any more to be told. */
async function noting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    journal.note(isMdbError(error) ? error.code : String(error));
    throw error;
  }
}

const allAnswers = { ...answering, ...tenantAnswers };
const allStreams = { ...streaming, ...tenantStreams };

/** Runs the handler of that name. */
export function runHandler(name: string, request: HandlerRequest): Promise<unknown> {
  return allAnswers[name as keyof typeof allAnswers](request);
}

/** The lines of the handler of that name. */
export function streamHandler(name: string, request: HandlerRequest): AsyncIterable<string> {
  return allStreams[name as keyof typeof allStreams](request);
}
