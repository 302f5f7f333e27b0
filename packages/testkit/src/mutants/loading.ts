import type { BulkTarget, Call, ExecuteManyResult, OperationContext, ParameterValue, ResultSet } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

type Rows = readonly (readonly ParameterValue[])[];
type Sets = Iterable<readonly ParameterValue[]>;

/** A mutant whose `executeMany` is another. */
function manyMutant(
  name: string,
  caughtBy: string,
  many: (
    run: (text: string, sets: Sets, context: OperationContext) => Promise<ExecuteManyResult>,
    text: string,
    sets: Sets,
    context: OperationContext,
  ) => Promise<ExecuteManyResult>,
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override executeMany(text: string, sets: Sets, context: OperationContext): Promise<ExecuteManyResult> {
          return many(async (...args) => super.executeMany(...args), text, sets, context);
        }
      })(inner),
  });
}

/** A mutant that loads other rows than it is given. */
function loadMutant(
  name: string,
  caughtBy: string,
  change: (batches: AsyncIterable<Rows>) => AsyncIterable<Rows>,
  target: (target: BulkTarget) => BulkTarget = (it) => it,
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override bulkLoad(to: BulkTarget, batches: AsyncIterable<Rows>, context: OperationContext) {
          return super.bulkLoad(target(to), change(batches), context);
        }
      })(inner),
  });
}

/** A mutant that loads other values than it is given. */
function loadedValueMutant(name: string, caughtBy: string, change: (value: ParameterValue) => ParameterValue): Mutant {
  return loadMutant(name, caughtBy, async function* (batches) {
    for await (const rows of batches) yield rows.map((row) => row.map(change));
  });
}

/** Bugs in executeMany, bulkLoad and procedures. */
export const loadingMutants: readonly Mutant[] = [
  manyMutant(
    "swallows the error of one set",
    "executeMany: names the set that failed where the engine tells it, and leaves nothing after the rollback",
    async (run, text, sets, context) => {
      try {
        return await run(text, sets, context);
      } catch {
        return { affected: null };
      }
    },
  ),
  manyMutant(
    "names the set behind the one that failed",
    "executeMany: names the set that failed where the engine tells it, and leaves nothing after the rollback",
    async (run, text, sets, context) => {
      try {
        return await run(text, sets, context);
      } catch (error) {
        const index = (error as { details?: { parameterSetIndex?: number } }).details?.parameterSetIndex ?? 0;
        throw Object.assign(error as Error, { parameterSetIndex: index + 1 });
      }
    },
  ),
  manyMutant("runs the sets backwards", "executeMany: runs the sets in their order", (run, text, sets, context) =>
    run(text, [...sets].reverse(), context),
  ),
  manyMutant(
    "loses the last sets",
    "executeMany: runs ten thousand sets and counts their rows",
    (run, text, sets, context) => {
      const all = [...sets];
      return run(text, all.slice(0, all.length - (all.length % 4_096)), context);
    },
  ),
  manyMutant(
    "counts only the last set",
    "executeMany: runs ten thousand sets and counts their rows",
    async (run, text, sets, context) => {
      await run(text, sets, context);
      return { affected: 1 };
    },
  ),
  manyMutant(
    "wraps what the source throws",
    "executeMany: passes on what its source throws, and leaves nothing after the rollback",
    async (run, text, sets, context) => {
      try {
        return await run(text, sets, context);
      } catch (error) {
        throw new Error("executeMany failed", { cause: error });
      }
    },
  ),
  manyMutant(
    "takes the type of the first set for all",
    "executeMany: stores numbers of every kind in one column as they are",
    (run, text, sets, context) =>
      run(
        text,
        Array.from(sets, (values) => values.map((value) => (typeof value === "number" ? Math.trunc(value) : value))),
        context,
      ),
  ),
  mutant(
    "keeps the rows that came before the source threw",
    "bulkLoad: leaves nothing behind when its source throws, and passes that error on",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async bulkLoad(target: BulkTarget, batches: AsyncIterable<Rows>, context: OperationContext) {
            let rows = 0;
            for await (const batch of batches) {
              rows += (await super.bulkLoad(target, once(batch), context)).rows;
            }
            return { rows };
          }
        })(inner),
    },
  ),
  loadMutant(
    "ends the load when its source throws, as if that were the end",
    "bulkLoad: leaves nothing behind when its source throws, and passes that error on",
    async function* (batches) {
      try {
        for await (const rows of batches) yield rows;
      } catch {
        // The bug: what came so far is taken for everything.
      }
    },
  ),
  loadMutant(
    "takes the whole source before it sends anything",
    "bulkLoad: takes no more from its source than the network takes from it",
    async function* (batches) {
      const all: Rows[] = [];
      for await (const rows of batches) all.push(rows);
      yield* all;
    },
  ),
  loadMutant(
    "ignores the order of the columns",
    "bulkLoad: loads ten thousand rows, and the columns in the order of the rows",
    (batches) => batches,
    ({ table, columns }) => ({ table, columns: columns.toReversed() }),
  ),
  loadMutant("does not end its source", "bulkLoad: ends its source when the table does not exist", (batches) => {
    const iterator = batches[Symbol.asyncIterator]();
    const first = iterator.next();
    first.catch(() => undefined);
    let at = 0;
    return {
      [Symbol.asyncIterator]: () => ({ next: () => (at++ === 0 ? first : iterator.next()) }),
    };
  }),
  loadedValueMutant(
    "loads NULL as the empty text",
    "bulkLoad: loads hostile texts as they are, and tells NULL from the empty text",
    (value) => (value === null ? "" : value),
  ),
  loadedValueMutant(
    "loads \\N as NULL",
    "bulkLoad: loads hostile texts as they are, and tells NULL from the empty text",
    (value) => (value === "\\N" ? null : value),
  ),
  loadedValueMutant("loads integers as doubles", "bulkLoad: loads every value of bigint exactly", (value) =>
    typeof value === "bigint" ? Number(value) : value,
  ),
  loadedValueMutant("loads bytes as text", "bulkLoad: loads every value of bytes exactly", (value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value,
  ),
  mutant("loads outside the open transaction", "bulkLoad: belongs to the transaction that is open", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async bulkLoad(target: BulkTarget, batches: AsyncIterable<Rows>, context: OperationContext) {
          const inside = this.txStatus === "active";
          if (inside) await this.commit();
          const result = await super.bulkLoad(target, batches, context);
          if (inside) await this.begin({});
          return result;
        }
      })(inner),
  }),
  mutant(
    "binds the parameters of a procedure by their place",
    "procedures: finds parameters by name, in whatever order they come",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override call(call: Call, context: OperationContext) {
            const names = ["a", "b", "total"];
            const parameters = call.parameters.map((it, index) => ({ ...it, name: names[index] ?? it.name }));
            return super.call({ ...call, parameters }, context);
          }
        })(inner),
    },
  ),
  mutant("forgets the in-out parameters of a procedure", "procedures: gives back out and in-out parameters by name", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async call(call: Call, context: OperationContext): Promise<ResultSet> {
          const result = await super.call(call, context);
          return { ...result, out: { total: result.out?.["total"] } };
        }
      })(inner),
  }),
  mutant("runs a procedure in a transaction of its own", "procedures: runs in the open transaction", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async call(call: Call, context: OperationContext): Promise<ResultSet> {
          const result = await super.call(call, context);
          if (this.txStatus === "active") {
            await this.commit();
            await this.begin({});
          }
          return result;
        }
      })(inner),
  }),
];

async function* once(rows: Rows): AsyncGenerator<Rows> {
  yield rows;
}
