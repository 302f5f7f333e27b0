import type { DuckDBInstance, DuckDBPreparedStatement } from "@duckdb/node-api";
import { codeOf, type DriverConnection, DriverFault, type OperationContext, type ParameterValue } from "@nsj/mdb-core";
import { dialect } from "./dialect.ts";
import { classify } from "./errors.ts";
import { readerOf, resultOf } from "./results.ts";
import { bind } from "./values.ts";

type Reader = ReturnType<typeof readerOf>;

/** One connection of a database. @param release - called once, when DuckDB has let go of it */
export async function connectionTo(instance: DuckDBInstance, release: () => void): Promise<DriverConnection> {
  let native = await instance.connect();
  let isOpen = true;
  let txStatus: "idle" | "active" | "failed" = "idle";
  let running: Promise<unknown> | undefined;

  /** Whatever reaches DuckDB goes through here. It works on a thread of its own, and what it works with must not be closed meanwhile. */
  async function run<T>(text: string, work: () => Promise<T>): Promise<T> {
    if (!isOpen) throw DriverFault.alreadyLost(undefined);
    const done = work();
    running = done;
    try {
      const result = await done;
      noteEnd(text);
      return result;
    } catch (error) {
      await noteFailure(error);
      if (!isOpen) throw DriverFault.lost("the connection was closed while a statement was running", error);
      throw error;
    } finally {
      running = undefined;
    }
  }

  /** Nothing but the text tells what a statement does to the transaction. */
  function noteEnd(text: string): void {
    const [word] = /^\w+/.exec(codeOf(text, dialect).trim().toLowerCase()) ?? [];
    if (word === "begin" || word === "start") txStatus = "active";
    else if (word === "commit" || word === "end" || word === "rollback" || word === "abort") txStatus = "idle";
  }

  /** Some errors doom the transaction and some do not; DuckDB says which when it is asked for something else. */
  async function noteFailure(error: unknown): Promise<void> {
    if (txStatus !== "active" || !isOpen) return;
    const isDoomed =
      classify(error).kind === "serialization" ||
      (await native.run("select 1").then(
        () => false,
        () => true,
      ));
    if (isDoomed) txStatus = "failed";
  }

  /** A statement with its values. Made anew each time: the plan of one that is kept holds what a setting was, and that a table was empty. */
  async function prepared(text: string, values: readonly ParameterValue[]): Promise<DuckDBPreparedStatement> {
    const statement = await native.prepare(text);
    const count = statement.parameterCount;
    if (count !== values.length || count > dialect.maxParameters) {
      throw new DriverFault(`the statement has ${count} placeholders, and ${values.length} values were given`, {
        kind: "parameter",
      });
    }
    for (const [index, value] of values.entries()) bind(statement, index + 1, value);
    return statement;
  }

  const command = (text: string): Promise<void> => run(text, async () => void (await native.run(text)));

  /** Stops what runs. An order that comes before the statement has begun is forgotten, so it is given again. */
  async function stop(deadline: number): Promise<void> {
    let isOver = running === undefined;
    const over = Promise.allSettled([running]).then(() => {
      isOver = true;
    });
    for (let pauseMs = 1; !isOver && performance.now() < deadline; pauseMs = Math.min(pauseMs * 2, 50)) {
      native.interrupt();
      await Promise.race([over, new Promise((resolve) => setTimeout(resolve, pauseMs))]);
    }
  }

  function close(): void {
    if (!isOpen) return;
    isOpen = false;
    const letGo = (): void => {
      native.disconnectSync();
      release();
    };
    if (running === undefined) letGo();
    else void stop(Number.POSITIVE_INFINITY).then(letGo);
  }

  return {
    onFatal: null,
    get usable() {
      return isOpen;
    },
    get txStatus() {
      return txStatus;
    },
    query: ({ text, values }) => run(text, async () => resultOf(await (await prepared(text, values)).run())),
    begin: ({ readOnly }) => command(readOnly === true ? "begin transaction read only" : "begin transaction"),
    async commit() {
      // DuckDB says yes, and rolls back.
      if (txStatus !== "active") {
        throw new DriverFault("the transaction has failed", { kind: "transaction-aborted", executed: "yes" });
      }
      try {
        await command("commit");
      } finally {
        // A conflict that is found now has ended it.
        txStatus = "idle";
      }
    },
    async rollback() {
      if (txStatus !== "idle") await command("rollback");
    },
    stream({ text, values }, { fetchSize }) {
      let reader: Reader | undefined;
      let isOver = false;
      return {
        get columns() {
          return reader?.columns ?? [];
        },
        read: () =>
          run("", async () => {
            if (isOver) return null;
            reader ??= readerOf(await (await prepared(text, values)).stream());
            const rows = await reader.read(fetchSize);
            isOver = rows === null;
            return rows;
          }),
        close() {
          isOver = true;
        },
      };
    },
    cancel: ({ deadline }) => stop(deadline),
    reset({ scope }): Promise<"done"> {
      return run("", async (): Promise<"done"> => {
        if (txStatus !== "idle") await native.run("rollback");
        txStatus = "idle";
        if (scope === "transaction") return "done";
        native.disconnectSync();
        native = await instance.connect();
        return "done";
      });
    },
    async close({ deadline }: OperationContext) {
      const last = stop(deadline);
      close();
      await last;
    },
    destroy: close,
    ref() {},
    unref() {},
    raw: () => native,
  };
}
