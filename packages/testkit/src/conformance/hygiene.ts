import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { getEventListeners } from "node:events";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Area } from "./area.ts";
import { capability, connections } from "./need.ts";
import { soon, turns } from "./wait.ts";

export const hygiene: Area = {
  name: "hygiene",
  cases: [
    {
      name: "keeps no memory of thousands of statements",
      needs: [collector],
      async run(bench) {
        const connection = await bench.connect();
        const text = bench.statement(`select n from (${bench.subject.sql.series(3)}) s where n = ?`, 2);
        const round = async () => {
          for (let index = 0; index < 1_250; index++) await connection.query(text, soon());
          return heapUsed();
        };
        await round();
        const sizes = [await round(), await round(), await round()];
        const [first = 0, , last = 0] = sizes;
        // 2 500 statements between the first and the last: 400 bytes kept for each would be seen.
        assert.ok(last - first < 1_000_000, `the heap grew: ${sizes.join(", ")}`);
      },
    },
    {
      name: "keeps no row of a bulk load that it has sent",
      needs: [capability("bulkLoad"), collector],
      async run(bench) {
        const connection = await bench.connect();
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const sent: WeakRef<object>[] = [];
        let kept = 0;
        async function* source(): AsyncGenerator<readonly (readonly number[])[]> {
          for (let batch = 0; batch < 200; batch++) {
            yield observed(Array.from({ length: 50 }, (_, row) => [batch * 50 + row]));
          }
          await turns(20);
          collect?.();
          collect?.();
          kept = sent.filter((it) => it.deref() !== undefined).length;
        }
        const observed = (rows: readonly (readonly number[])[]) => {
          sent.push(new WeakRef(rows));
          return rows;
        };
        const target = { table: [bench.stored(table)], columns: [bench.stored("id")] };
        await connection.bulkLoad?.(target, source(), soon(60_000));
        // Some may be on their way yet.
        assert.ok(kept <= 20, `${kept} of ${sent.length} batches are kept until the load ends`);
      },
    },
    {
      name: "keeps no memory of the connections that are gone",
      needs: [connections(2), collector],
      async run(bench) {
        const round = async () => {
          for (let index = 0; index < 30; index++) {
            const connection = await bench.connector.connect(soon());
            await connection.query({ text: bench.select("1"), values: [] }, soon());
            if (index % 2 === 0) await connection.close(soon());
            else connection.destroy();
          }
          await turns(20);
          return heapUsed();
        };
        await round();
        const sizes = [await round(), await round(), await round()];
        const [first = 0, , last = 0] = sizes;
        // 60 connections between the first and the last.
        assert.ok(last - first < 2_000_000, `the heap grew: ${sizes.join(", ")}`);
      },
    },
    {
      name: "adds no listeners that are never removed",
      async run(bench) {
        const warnings: string[] = [];
        const onWarning = (warning: Error) => {
          if (warning.name === "MaxListenersExceededWarning") warnings.push(warning.message);
        };
        const counts = () => process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
        const before = counts();
        process.on("warning", onWarning);
        const signal = new AbortController().signal;
        try {
          const connection = await bench.connect(bench.connector, { ...soon(), signal });
          for (let index = 0; index < 50; index++) {
            await connection.query({ text: bench.select("1"), values: [] }, { ...soon(), signal });
            await connection.begin({});
            await connection.rollback();
            await bench.failing(() => connection.query({ text: "selec 1", values: [] }, { ...soon(), signal }));
          }
          await turns();
        } finally {
          process.off("warning", onWarning);
        }
        assert.deepEqual(warnings, []);
        assert.deepEqual(getEventListeners(signal, "abort"), [], "listeners on the caller's signal");
        assert.deepEqual(counts(), before, "listeners on the process");
      },
    },
    {
      name: "leaves nothing that keeps the process alive",
      needs: [knownResources],
      async run(bench) {
        await turns(20);
        const before = activeResources();
        const opened = await Promise.all(
          Array.from({ length: Math.min(3, bench.capabilities.maxConnections ?? 3) }, () => bench.connect()),
        );
        for (const [index, connection] of opened.entries()) {
          await bench.works(connection);
          if (index % 2 === 0) await connection.close(soon());
          else connection.destroy();
        }
        await bench.eventually(() => activeResources() <= before, "sockets and timers of closed connections are gone");
      },
    },
    {
      name: "does not keep the process alive for an idle connection that is let go",
      needs: [
        knownResources,
        ({ capabilities }) => (capabilities.execution === "sync" ? 'capability execution: "sync"' : undefined),
      ],
      async run(bench) {
        await turns(20);
        const before = activeResources();
        const connection = await bench.connect();
        await bench.works(connection);
        assert.ok(connection.unref !== undefined, "a connection with a socket has unref()");
        connection.unref();
        await bench.eventually(() => activeResources() <= before, "an idle connection lets the process end");
        connection.ref?.();
        await bench.works(connection);
      },
    },
    {
      name: "leaves no rejection unhandled",
      async run(bench) {
        const unhandled: unknown[] = [];
        const onUnhandled = (reason: unknown) => unhandled.push(reason);
        process.on("unhandledRejection", onUnhandled);
        try {
          const connection = await bench.connect();
          for (let round = 0; round < 5; round++) {
            await bench.failing(() => bench.run(connection, "selec 1"));
            await connection.begin({});
            await bench.failing(() => bench.run(connection, "selec 1"));
            await connection.rollback();
          }
          const pending = Promise.allSettled([bench.run(connection, bench.select("1"))]);
          connection.destroy();
          await pending;
          await Promise.allSettled([connection.close(soon())]);
          await turns(20);
        } finally {
          process.off("unhandledRejection", onUnhandled);
        }
        assert.deepEqual(unhandled, []);
      },
    },
    {
      name: "keeps the caller's async context, also on a connection that another one opened",
      async run(bench) {
        const storage = new AsyncLocalStorage<string>();
        const connection = await storage.run("opener", () => bench.connect());
        for (const name of ["first", "second"]) {
          await storage.run(name, async () => {
            await bench.run(connection, bench.select("1"));
            assert.equal(storage.getStore(), name);
            await connection.begin({});
            assert.equal(storage.getStore(), name);
            await connection.commit();
            assert.equal(storage.getStore(), name);
          });
        }
      },
    },
    {
      name: "calls a bulk source in the async context of the caller",
      needs: [capability("bulkLoad")],
      async run(bench) {
        const storage = new AsyncLocalStorage<string>();
        const connection = await storage.run("opener", () => bench.connect());
        const table = await bench.table(connection, `id ${bench.subject.types.integer}`);
        const seen: (string | undefined)[] = [];
        async function* source(): AsyncGenerator<readonly (readonly number[])[]> {
          for (let batch = 0; batch < 3; batch++) {
            seen.push(storage.getStore());
            yield [[batch]];
          }
        }
        await storage.run("loader", async () => {
          await connection.bulkLoad?.(
            { table: [bench.stored(table)], columns: [bench.stored("id")] },
            source(),
            soon(),
          );
        });
        assert.deepEqual(seen, ["loader", "loader", "loader"]);
      },
    },
  ],
};

/** Sockets, timers and the like that keep the event loop running now. */
function activeResources(): number {
  return process.getActiveResourcesInfo().filter((it) => /TCP|Pipe|TLS|Timeout|FSReq|Worker/i.test(it)).length;
}

/** Node.js tells what keeps its event loop running. Bun lists nothing, and Deno also what is let go. */
function knownResources(): string | undefined {
  const isOther = "Bun" in globalThis || "Deno" in globalThis;
  return isOther ? "process.getActiveResourcesInfo(): tells something else in this runtime" : undefined;
}

/** Bytes in use after a full collection. */
function heapUsed(): number {
  collect?.();
  collect?.();
  return process.memoryUsage().heapUsed;
}

/** What collects garbage at once: that of Node.js, also in a process that was not started with `--expose-gc`, or that of Bun. */
const collect: (() => void) | undefined = (() => {
  const { gc, Bun } = globalThis as { readonly gc?: () => void; readonly Bun?: { gc(isSynchronous: boolean): void } };
  if (gc !== undefined) return gc;
  if (Bun !== undefined) return () => Bun.gc(true);
  try {
    setFlagsFromString("--expose-gc");
    return runInNewContext("gc") as () => void;
  } catch {
    // Deno has one only when it was started with `--v8-flags=--expose-gc`.
    return undefined;
  }
})();

/** The garbage of the process can be collected, so that its memory tells something. */
function collector(): string | undefined {
  return collect === undefined ? "gc(): absent in this runtime" : undefined;
}
