import { AsyncLocalStorage } from "node:async_hooks";
import type { Executor } from "@nsj/mdb-core";
import type { HandlerRequest } from "./handlers.ts";

/** Whose data a statement sees: the tenant of its connection's context, or the one whose database it is. */
const who = "select coalesce(setting('app.tenant'), (select name from owner))";
const insert = `insert into notes (id, tenant, kind) values (:user, (${who}), :kind)`;

/** Handlers for the tenant in whose scope they run, that answer with JSON. Each says whom it saw. */
export const tenantAnswers = {
  async tenantCommit({ databases, session, user }: HandlerRequest) {
    const shop = await session("shop");
    await shop.execute(insert, { user, kind: "kept" });
    const seen = [await whose(shop), await whose(databases.database("shop"))];
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

  /** Runs until its client goes away. */
  async tenantHang({ session, user }: HandlerRequest) {
    const shop = await session("shop");
    await shop.execute(insert, { user, kind: "cut" });
    await shop.query("select sleep(600000)");
  },

  async tenantPosted({ databases, session, body }: HandlerRequest) {
    return { seen: [await whose(databases.database("shop")), await whose(await session("shop"))], body };
  },

  /** Asks from a callback that has lost every context. */
  async tenantLost({ session }: HandlerRequest) {
    return { seen: [await whose(await outside(() => session("shop")))] };
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

/** Runs work in nobody's context. */
const outside = AsyncLocalStorage.snapshot();

function whose(executor: Pick<Executor, "queryScalar">): Promise<string> {
  return executor.queryScalar<string>(who);
}
