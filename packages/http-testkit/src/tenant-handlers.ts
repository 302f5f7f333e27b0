import type { Executor } from "@nsj/mdb-core";
import type { HandlerRequest } from "./handler-request.ts";

/** Whose data a statement sees: the tenant of its connection's context, or the one whose database it is. */
const who = "select coalesce(setting('app.tenant'), (select name from owner))";
const insert = `insert into notes (id, tenant, kind) values (:user, (${who}), :kind)`;

/** Handlers for the tenant in whose scope they run, that answer with JSON. Each says whom it saw. */
export const tenantAnswers = {
  async tenantCommit({ databases, session, user }: HandlerRequest) {
    // Before the session holds a connection: whoever holds one and wants another is a deadlock in waiting.
    const seen = [await whose(databases.database("shop"))];
    const shop = await session("shop");
    await shop.execute(insert, { user, kind: "kept" });
    seen.push(await whose(shop));
    await shop.commit();
    return { seen };
  },

  async tenantForget({ session, user }: HandlerRequest) {
    const shop = await session("shop");
    await shop.execute(insert, { user, kind: "forgotten" });
    return { seen: [await whose(shop)] };
  },

  async tenantFail({ session, user }: HandlerRequest) {
    await (await session("shop")).execute(insert, { user, kind: "failed" });
    throw new Error("a failure of the handler");
  },

  /** In a transaction, with a hook that works for the tenant once it stands. */
  async tenantTransaction({ databases, user }: HandlerRequest) {
    const shop = databases.database("shop");
    const seen: string[] = [];
    await shop.transaction(async (tx) => {
      await shop.execute(insert, { user, kind: "kept" });
      seen.push(await whose(tx));
      tx.onCommit(async () => {
        await shop.execute(insert, { user, kind: "hook" });
        seen.push(await whose(shop));
      });
    });
    return { seen };
  },

  /** Holds a connection, and waits for another one that nobody else can give. */
  async tenantRing({ databases }: HandlerRequest) {
    const shop = databases.database("shop");
    await shop.transaction(async (tx) => {
      await tx.query("select 1");
      await shop.transaction((inner) => inner.query("select 1"), { propagation: "requires_new" });
    });
  },

  /** Runs until its client goes away. */
  async tenantHang({ session, user }: HandlerRequest) {
    const shop = await session("shop");
    await shop.execute(insert, { user, kind: "cut" });
    await shop.query("select sleep(600000)");
  },

  async tenantPosted({ databases, session, body }: HandlerRequest) {
    return { seen: [await whose(databases.database("shop")), await whose(await session("shop"))], body };
  },
};

/** Handlers that give lines, which are made while they are sent. */
export const tenantStreams = {
  async *tenantStream({ databases }: HandlerRequest) {
    const shop = databases.database("shop");
    const rows = shop.stream<{ who: string }>(
      `with recursive s(n) as (select 1 union all select n + 1 from s where n < 5) select n, (${who}) as who from s`,
    );
    for await (const row of rows) yield `${row.who}\n`;
    // More than any buffer on the way takes, so that what comes later is asked for by whoever empties them.
    for (let line = 0; line < 20; line++) yield `${await whose(shop)}${" ".repeat(20_000)}\n`;
  },

  async *tenantStreamFail({ databases }: HandlerRequest) {
    yield `${await whose(databases.database("shop"))}\n`;
    throw new Error("a failure of the stream");
  },
};

function whose(executor: Pick<Executor, "queryScalar">): Promise<string> {
  return executor.queryScalar<string>(who);
}
