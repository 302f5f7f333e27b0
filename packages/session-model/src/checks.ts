import type { PinnedConnection } from "@nsj/mdb-core";
import type { Play } from "./play.ts";
import { isTorn, pathOf, type Records, wasKept } from "./records.ts";
import type { Stage } from "./stage.ts";

/** A look from here must not last longer than `pool.holdLimitMs` because time passes while the server is busy otherwise. */
const slowMs = 2;

/** How many of the rows that were asked for must be there, must not be, and may be. */
export interface Tally {
  kept: number;
  undone: number;
  unknown: number;
}

/** What has to hold when nothing of a play runs any more. @throws Error naming the broken promise */
export async function checkPromises(play: Play, tally: Tally): Promise<void> {
  const { stage, records } = play;
  const { server, setUp } = stage.ground;
  if (play.disturbed) await stage.quiet();
  const closed = stage.database.closed;
  if (closed) await stage.reopen();
  await checkPool(stage);
  if (play.left.size > 0) await checkSessions(stage, [...play.left]);
  const found = await stage.patiently(stage.database.query<{ id: number }>("select id from model"), slowMs);
  // A database in memory is gone when it is closed.
  if (!closed || setUp === undefined) checkRows(records, new Set(found.map(({ id }) => id)), tally);
  for (const id of records.undoneWhenTold) {
    expectThat(
      (await server?.has(id)) !== true,
      `row ${id} was written after its caller had been told that it was lost`,
    );
  }
  checkHooks(records);
  expectThat(records.broken.length === 0, records.broken.join("; "));
}

/** What was interrupted gives its connection back within the time that a server gets to answer a cancellation. */
async function checkPool({ database, until }: Stage): Promise<void> {
  const isQuiet = (): boolean => database.stats().busy + database.stats().waiting === 0;
  await until(isQuiet, `connections are not given back: ${JSON.stringify(database.stats())}`);
  const { total, max } = database.stats();
  expectThat(total <= max, `${total} connections are open, and ${max} are allowed`);
}

/** What resolved is there; what rejected is not, unless the error said that nobody knows. */
function checkRows({ inserts }: Records, there: ReadonlySet<number>, tally: Tally): void {
  for (const { id, part, ok } of inserts) {
    const kept = wasKept(part);
    if (ok === undefined || kept === "unknown") {
      tally.unknown++;
      continue;
    }
    const expected = ok && kept;
    tally[expected ? "kept" : "undone"]++;
    expectThat(there.has(id) === expected, `row ${id} is ${there.has(id) ? "there" : "missing"}: ${pathOf(part)}`);
  }
}

/** What was kept has run its hooks of the one kind, what was undone those of the other, and what nobody knows neither. */
function checkHooks({ hooks, hookErrors }: Records): void {
  for (const { part, committed, undone } of hooks) {
    const kept = wasKept(part);
    if (isTorn(part)) {
      expectThat(committed === 0, `onCommit ran although a text had ended the transaction: ${pathOf(part)}`);
      continue;
    }
    expectThat(committed === (kept === true ? 1 : 0), `onCommit ran ${committed} times: ${pathOf(part)}`);
    expectThat(undone === (kept === false ? 1 : 0), `onRollback ran ${undone} times: ${pathOf(part)}`);
  }
  for (const told of hookErrors.values()) expectThat(told === 1, `a hook's error was told ${told} times`);
}

/** Nothing of one borrower is seen by the next, on any connection that is open. */
async function checkSessions(stage: Stage, left: readonly string[]): Promise<void> {
  const { idle } = stage.database.stats();
  const together = Promise.withResolvers<void>();
  let arrived = 0;
  const look = async (connection: PinnedConnection): Promise<void> => {
    // Held all at once, so that each is another one.
    if (++arrived === idle) together.resolve();
    await together.promise;
    for (const { what, ask } of stage.ground.leftovers) {
      const found = await connection.queryScalar(ask);
      const clean = stage.clean.get(what);
      expectThat(
        found === clean,
        `${what} was left (of ${left.join(", ")}): ${String(found)} instead of ${String(clean)}`,
      );
    }
  };
  const looks = Array.from({ length: idle }, () => stage.database.withConnection(look));
  await stage.patiently(Promise.all(looks), slowMs);
}

function expectThat(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
