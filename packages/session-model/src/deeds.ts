import { CancelledError, type Executor, StatementTimeoutError } from "@nsj/mdb-core";
import type { Chance } from "./chance.ts";
import { GivenUp, isUnknown, mayHaveRun, wasRefused } from "./outcome.ts";
import type { Handle, Place, Play } from "./play.ts";
import { tear } from "./records.ts";

const insertText = "insert into model (id) values (:id)";
const rows = "select n from (select 1 as n union all select 2 union all select 3) as three";

/** Inserts one row. */
export async function insert(play: Play, handle: Executor, { part }: Place, text = insertText): Promise<void> {
  const record = play.records.insert(part);
  try {
    await handle.execute(text, { id: record.id });
    record.ok = true;
  } catch (error) {
    record.ok = part === undefined && mayHaveRun(error) ? undefined : false;
    const { database, limited } = play.stage;
    const isCut = error instanceof CancelledError || error instanceof StatementTimeoutError;
    play.records.expect(!isCut || part !== undefined || handle !== database || limited, () => {
      return `a statement that nobody had limited was cut: ${String(error)}`;
    });
    throw error;
  }
}

/** Inserts one row with a time limit, or a signal that aborts meanwhile. */
export async function insertInTime(play: Play, handle: Executor, { part, chance, tree }: Place): Promise<void> {
  const record = play.records.insert(part);
  const limitMs = chance.below(3);
  const bounds = chance.hits(0.5) ? { timeoutMs: limitMs } : { signal: play.abortedAfter(limitMs, tree) };
  try {
    await play.limited("a statement", limitMs, () => handle.execute(insertText, { id: record.id }, bounds));
    record.ok = true;
  } catch (error) {
    record.ok = part === undefined && mayHaveRun(error) ? undefined : false;
    throw error;
  }
}

/** Loads a row that comes from a stream of the same database. Where nothing else goes on, nothing stands in its way. */
export async function insertFromStream(play: Play): Promise<void> {
  const { database, ground } = play.stage;
  const record = play.records.insert(undefined);
  async function* made(): AsyncGenerator<readonly unknown[]> {
    for await (const _ of database.stream("select 1 as n")) yield [record.id];
  }
  try {
    await database.bulkInsert("model", ["id"], made());
    record.ok = true;
  } catch (error) {
    record.ok = false;
    play.records.expect(ground.max === 1, () => `a load from a stream beside it has failed: ${String(error)}`);
    throw error;
  }
}

/**
 * Takes the connection of a write away while the server works on it, or gives the write up. The server gets all the time that it needs to be stopped, so
 * nothing may happen there once the caller has been told. Never rejects.
 */
export async function cutWriteShort(play: Play, chance: Chance): Promise<void> {
  const { database, ground } = play.stage;
  const { server } = ground;
  if (server === undefined) return;
  const record = play.records.insert(undefined);
  const isClosed = chance.hits(0.5);
  const giveUp = new AbortController();
  const write = (handle: Executor): Promise<unknown> =>
    handle.execute(server.slowInsert, { id: record.id }, isClosed ? {} : { signal: giveUp.signal });
  play.records.trace.push(isClosed ? "write while it is closed" : "write that is given up");
  await play.stage.inNoTime(async () => {
    let settled = false;
    const written = (chance.hits(0.5) ? write(database) : database.withConnection(write)).finally(() => {
      settled = true;
    });
    const outcome = written.then(
      () => {
        record.ok = true;
      },
      async (error: unknown) => {
        record.ok = mayHaveRun(error) ? undefined : false;
        if (!(await server.has(record.id))) play.records.undoneWhenTold.push(record.id);
      },
    );
    while (!settled && !(await server.isWorking()));
    play.disturbed = true;
    if (isClosed) await database.close({ timeoutMs: 0 });
    else giveUp.abort(new GivenUp(0));
    await outcome;
  });
}

/** Loads two rows, by one of the ways that take several. */
export async function insertSome(play: Play, handle: Executor, { part, chance }: Place): Promise<void> {
  const records = [play.records.insert(part), play.records.insert(part)];
  const source = chance.pick(["sets", "values", "slow", "from itself", "from a stream", "endless"] as const);
  play.records.trace.push(source);
  const waitMs = chance.below(300);
  async function* made(): AsyncGenerator<readonly unknown[]> {
    for (const { id } of records) {
      if (source === "slow") await play.stage.wait(waitMs);
      if (source === "from itself") await handle.query("select 1 as n");
      if (source === "endless") await play.over;
      if (source === "from a stream") for await (const _ of handle.stream(rows)) break;
      yield [id];
    }
  }
  try {
    if (source === "sets") {
      await handle.executeMany(
        insertText,
        records.map(({ id }) => ({ id })),
      );
    } else if (source === "values") {
      await handle.bulkInsert(
        "model",
        ["id"],
        records.map(({ id }) => [id]),
      );
    } else {
      const limit = source === "endless" ? { timeoutMs: 50 } : {};
      await play.limited("a load", limit.timeoutMs, () => handle.bulkInsert("model", ["id"], made(), limit));
    }
    for (const record of records) record.ok = true;
  } catch (error) {
    for (const record of records) record.ok = isUnknown(error) ? undefined : false;
    throw error;
  }
}

/** Reads a stream, slowly at times, and not always to its end. */
export async function readStream(play: Play, handle: Executor, { chance }: Place): Promise<void> {
  let seen = 0;
  for await (const _ of handle.stream(rows, undefined, { fetchSize: 1 })) {
    if (chance.hits(0.1)) await play.stage.wait(200);
    if (++seen === 2 && chance.hits(0.4)) break;
  }
}

/** Begins to read a stream and forgets it. */
export async function leaveIteratorOpen(handle: Executor): Promise<void> {
  await handle.stream(rows)[Symbol.asyncIterator]().next();
}

/** A query that must not be sent. */
export async function queryInVain(handle: Executor, { tree }: Place): Promise<void> {
  await handle.query("select 1 as n", undefined, { signal: AbortSignal.abort(new GivenUp(tree)) });
}

/** Registers a pair of hooks, on whichever handle: they belong to where the code is. */
export function addHooks(play: Play, { part, handle, outer, chance, tree }: Place): void {
  const from: Handle | undefined = chance.hits(0.7) ? handle : chance.pick(outer);
  if (part === undefined || from?.onCommit === undefined || from.onRollback === undefined) return;
  const record = { part, committed: 0, undone: 0 };
  const ending = chance.pick(["well", "well", "throws", "writes", "waits"] as const);
  const end = async (): Promise<void> => {
    if (ending === "waits") await play.stage.wait(100);
    if (ending === "writes") {
      const written = play.records.insert(undefined);
      try {
        const write = (tx: Executor): Promise<unknown> => tx.execute(insertText, { id: written.id });
        // Where the transaction was begun inside of another one, a statement would join that.
        await play.stage.database.transaction(write, { propagation: "requires_new" });
        written.ok = true;
      } catch (error) {
        written.ok = isUnknown(error) ? undefined : false;
      }
    }
    if (ending !== "throws") return;
    const error = new Error("thrown by a hook");
    play.records.hookErrors.set(error, 0);
    throw error;
  };
  // Refused where its part is over already; then none of the two may run.
  from.onCommit(() => {
    record.committed++;
    return play.hook(tree, end);
  });
  from.onRollback(() => {
    record.undone++;
    return play.hook(tree, end);
  });
  play.records.hooks.push(record);
}

/** Leaves something in a session, for nobody else to see. */
export async function leaveSomething(play: Play, handle: Executor, { part, chance }: Place): Promise<void> {
  const { leftovers } = play.stage.ground;
  const leftover = chance.pick(
    leftovers.filter(({ inTransaction }) => part === undefined || inTransaction !== "never"),
  );
  if (leftover === undefined) return;
  play.left.add(leftover.what);
  const { query } = leftover;
  if (query === undefined || chance.hits(0.5)) await handle.execute(leftover.leave);
  else for await (const _ of handle.stream(query)) break;
}

/** Ends the transaction by a text that only the server understands. */
export async function endByText(play: Play, handle: Executor, { part }: Place): Promise<void> {
  const text = play.stage.ground.endsTransaction;
  if (text === undefined || part === undefined) return;
  try {
    await handle.execute(text);
  } catch (error) {
    if (!wasRefused(error)) tear(part);
    throw error;
  }
  play.records.broken.push("a text that ended its transaction has resolved");
}

/** Ends every connection from outside. */
export async function kill(play: Play): Promise<void> {
  if (play.stage.ground.kill === undefined) return;
  play.disturbed = true;
  await play.stage.ground.kill();
}

/** Closes the database while it is used. */
export async function close(play: Play, { chance }: Place): Promise<void> {
  play.disturbed = true;
  const timeoutMs = chance.below(400);
  await play.limited("close()", timeoutMs, () => play.stage.database.close({ timeoutMs }));
}
