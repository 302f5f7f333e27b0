import assert from "node:assert/strict";
import { type DriverConnection, unlimited } from "@nsj/mdb-core";
import type { Area } from "./area.ts";
import { asleep } from "./asleep.ts";
import type { Bench } from "./bench.ts";
import type { ContextSample } from "./engine-sql.ts";
import { capability, type Need, snippet } from "./need.ts";
import { soon } from "./wait.ts";

const needs: readonly Need[] = [capability("context"), snippet("context")];

const refusable: Need = ({ subject }) =>
  subject.sql.context?.refused === undefined ? "sql.context.refused: absent" : undefined;

/** For whom a connection works: it travels with all that is sent, and nothing of it stays. */
export const context: Area = {
  name: "context",
  cases: [
    {
      name: "holds for every statement until it is another one or none, and leaves nothing",
      needs,
      run: (bench) =>
        forEach(bench, async (connection, { one, other, ask }, none) => {
          connection.setContext?.(one);
          const first = await answer(bench, connection, ask);
          assert.notEqual(first, none);
          assert.equal(await answer(bench, connection, ask), first, "the second statement has it too");
          connection.setContext?.(other);
          const second = await answer(bench, connection, ask);
          assert.ok(second !== first && second !== none, "the other one");
        }),
    },
    {
      name: "holds to the end of a transaction, however that ends, and for what comes after it",
      needs,
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }) => {
          connection.setContext?.(one);
          const inside = await answer(bench, connection, ask);
          for (const end of ["commit", "rollback"] as const) {
            await connection.begin({});
            assert.equal(await answer(bench, connection, ask), inside, "its first statement");
            assert.equal(await answer(bench, connection, ask), inside, "its second statement");
            await connection[end]();
            assert.equal(await answer(bench, connection, ask), inside, `a statement after the ${end}`);
          }
        }),
    },
    {
      name: "is over with its transaction when it was ended meanwhile",
      needs,
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }) => {
          connection.setContext?.(one);
          await connection.begin({});
          await answer(bench, connection, ask);
          connection.setContext?.(undefined);
          await connection.rollback();
        }),
    },
    {
      name: "leaves nothing behind a statement or a transaction that failed",
      needs,
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }, none) => {
          const wrong = "select * from mdb_no_such_table";
          connection.setContext?.(one);
          await assert.rejects(async () => bench.run(connection, wrong));
          connection.setContext?.(undefined);
          assert.equal(await answer(bench, connection, ask), none, "after a statement");
          connection.setContext?.(one);
          await connection.begin({});
          await assert.rejects(async () => bench.run(connection, wrong));
          await connection.rollback();
        }),
    },
    {
      name: "holds for a stream, and leaves nothing of it, read to its end or left early",
      needs: [...needs, capability("stream")],
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }, none) => {
          for (const isRead of [true, false]) {
            connection.setContext?.(one);
            const expected = await answer(bench, connection, ask);
            const rows = connection.stream?.(bench.statement(ask), { fetchSize: 1, ...unlimited });
            const batch = await rows?.read();
            assert.equal(String(batch?.[0]?.[0]), expected);
            if (isRead) while ((await rows?.read()) !== null);
            await rows?.close();
            connection.setContext?.(undefined);
            assert.equal(await answer(bench, connection, ask), none);
          }
        }),
    },
    {
      name: "holds for each of several statements that are on their way together",
      needs: [...needs, capability("concurrency", "pipelined")],
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }, none) => {
          connection.setContext?.(one);
          const answers = await Promise.all([1, 2, 3].map(() => answer(bench, connection, ask)));
          assert.equal(new Set(answers).size, 1, "the same for all of them");
          assert.notEqual(answers[0], none);
          connection.setContext?.(undefined);
          const after = await Promise.all([1, 2].map(() => answer(bench, connection, ask)));
          assert.deepEqual(after, [none, none]);
        }),
    },
    {
      name: "holds after a statement that was cancelled, and leaves nothing of it",
      needs: [...needs, capability("cancel"), snippet("sleep")],
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }, none) => {
          connection.setContext?.(one);
          const expected = await answer(bench, connection, ask);
          for (const isOver of [false, true]) {
            connection.setContext?.(one);
            const { sleeping } = await asleep(bench, connection, 45_000);
            await bench.within(connection.cancel?.(soon()), "cancel()");
            await bench.failingWith("cancelled", () => sleeping);
            // A connection may end by a cancellation, and leaves nothing then.
            if (!connection.usable) return;
            if (isOver) connection.setContext?.(undefined);
            assert.equal(await answer(bench, connection, ask), isOver ? none : expected);
          }
        }),
    },
    {
      name: "is another one, or none, after one that the server does not accept",
      needs: [...needs, refusable],
      run: (bench) =>
        forEach(bench, async (connection, { one, ask }, none) => {
          connection.setContext?.(one);
          const expected = await answer(bench, connection, ask);
          for (const next of [one, undefined]) {
            connection.setContext?.(bench.subject.sql.context?.refused);
            await assert.rejects(async () => bench.run(connection, ask));
            await assert.rejects(async () => bench.run(connection, ask), "not only the first statement");
            connection.setContext?.(next);
            assert.equal(await answer(bench, connection, ask), next === undefined ? none : expected);
          }
        }),
    },
    {
      name: "lets nothing run without it where the server does not accept it",
      needs: [...needs, refusable],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        connection.setContext?.(bench.subject.sql.context?.refused);
        const insert = `insert into ${table} (id) values (1)`;
        await assert.rejects(async () => bench.run(connection, insert));
        await assert.rejects(async () => {
          await connection.begin({});
          await bench.run(connection, insert);
        });
        await connection.rollback();
        connection.setContext?.(undefined);
        assert.equal(await answer(bench, connection, `select count(*) from ${table}`), "0");
      },
    },
  ],
};

/** Each case begins and ends without a context, where it must not be told from a new connection. */
async function forEach(
  bench: Bench,
  work: (connection: DriverConnection, sample: ContextSample, none: string) => Promise<void>,
): Promise<void> {
  for (const sample of bench.subject.sql.context?.samples ?? []) {
    const connection = await bench.connect();
    for (const text of sample.prepare ?? []) await bench.run(connection, text);
    const none = await answer(bench, connection, sample.ask);
    await work(connection, sample, none);
    if (!connection.usable) continue;
    connection.setContext?.(undefined);
    assert.equal(await answer(bench, connection, sample.ask), none, `nothing is left of ${sample.what}`);
    if (bench.capabilities.noticesSessionChanges) assert.equal(connection.dirty, false, "and nothing is to be cleaned");
  }
}

async function answer(bench: Bench, connection: DriverConnection, ask: string): Promise<string> {
  const { rows } = await bench.run(connection, ask);
  return String(rows[0]?.[0]);
}
