import type { ErrorInfo, OperationContext, ResultSet, RowStream, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** A mutant that changes its streams. */
function streamMutant(name: string, caughtBy: string, change: (rows: RowStream) => RowStream): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override stream(...args: Parameters<ForwardingConnection["stream"]>): RowStream {
          return change(super.stream(...args));
        }
      })(inner),
  });
}

/** Reads everything at the first read, and hands it out in batches. */
function greedy(rows: RowStream, batches: unknown[][][] = []): RowStream {
  let started = false;
  return {
    get columns() {
      return rows.columns;
    },
    async read() {
      if (!started) {
        started = true;
        for (let batch = await rows.read(); batch !== null; batch = await rows.read()) batches.push(batch);
      }
      return batches.shift() ?? null;
    },
    close: () => rows.close(),
  };
}

/** Bugs in streams and cancellation. */
export const streamingMutants: readonly Mutant[] = [
  streamMutant(
    "fetches everything at the first read",
    "stream: fetches no more than is read: the bytes on the wire prove it",
    greedy,
  ),
  streamMutant(
    "gives everything in one batch",
    "stream: needs no more memory for a hundred thousand rows than for a batch",
    (rows) => {
      let done = false;
      return {
        get columns() {
          return rows.columns;
        },
        async read() {
          if (done) return null;
          done = true;
          const all: unknown[][] = [];
          for (let batch = await rows.read(); batch !== null; batch = await rows.read()) all.push(...batch);
          return all;
        },
        close: () => rows.close(),
      };
    },
  ),
  streamMutant("starts before it is read", "stream: does no I/O before the first read", (rows) => {
    let first: ReturnType<RowStream["read"]> | undefined = rows.read();
    return {
      get columns() {
        return rows.columns;
      },
      async read() {
        const batch = first ?? rows.read();
        first = undefined;
        return batch;
      },
      close: () => rows.close(),
    };
  }),
  mutant(
    "loses the last rows of a stream",
    "stream: gives every row once and in order, in batches of about the size that was asked for",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override stream(statement: Statement, options: OperationContext & { readonly fetchSize: number }): RowStream {
            const rows = super.stream(statement, options);
            return {
              get columns() {
                return rows.columns;
              },
              async read() {
                const batch = await rows.read();
                return batch !== null && batch.length < options.fetchSize ? null : batch;
              },
              close: () => rows.close(),
            };
          }
        })(inner),
    },
  ),
  streamMutant(
    "takes an error in the middle for the end",
    "stream: reports an error in the middle, after the rows before it, and the connection lives on",
    (rows) => {
      let started = false;
      return {
        get columns() {
          return rows.columns;
        },
        async read() {
          try {
            const batch = await rows.read();
            started = true;
            return batch;
          } catch (error) {
            if (started) return null;
            throw error;
          }
        },
        close: () => rows.close(),
      };
    },
  ),
  mutant(
    "leaves the connection busy when a stream is closed early",
    "stream: leaves the connection ready when it is closed early, wherever that is",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #busy: Promise<unknown> = Promise.resolve();
          override stream(...args: Parameters<ForwardingConnection["stream"]>): RowStream {
            const rows = super.stream(...args);
            let finish: () => void = () => undefined;
            const begin = () => {
              this.#busy = new Promise<void>((resolve) => {
                finish = resolve;
              });
            };
            return {
              get columns() {
                return rows.columns;
              },
              async read() {
                begin();
                const batch = await rows.read();
                if (batch === null) finish();
                return batch;
              },
              async close() {},
            };
          }
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            await this.#busy;
            return super.query(statement, context);
          }
        })(inner),
    },
  ),
  mutant("ends the transaction with the stream", "stream: streams within a transaction and leaves it open", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override stream(...args: Parameters<ForwardingConnection["stream"]>): RowStream {
          const rows = super.stream(...args);
          const end = async () => {
            await rows.close();
            if (this.txStatus === "active") await this.commit();
          };
          return {
            get columns() {
              return rows.columns;
            },
            read: () => rows.read(),
            close: end,
          };
        }
      })(inner),
  }),
  streamMutant(
    "stays silent when the connection dies under a stream",
    "stream: is told when the connection dies under it",
    (rows) => ({
      get columns() {
        return rows.columns;
      },
      async read() {
        try {
          return await rows.read();
        } catch {
          return null;
        }
      },
      close: () => rows.close(),
    }),
  ),
  mutant("cancels nothing", "cancel: stops the statement on the server, and the connection goes on", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async cancel(): Promise<void> {}
      })(inner),
  }),
  mutant("cancels on the client only", "cancel: stops the statement on the server, and the connection goes on", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #giveUp: ((error: unknown) => void) | undefined;
        override async cancel(): Promise<void> {
          this.#giveUp?.(cancelledError);
        }
        override query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          return new Promise((resolve, reject) => {
            this.#giveUp = reject;
            Promise.resolve(super.query(statement, context)).then(resolve, reject);
          });
        }
      })(inner),
    classify: asCancelled,
  }),
  mutant(
    "resolves before the order to cancel has arrived",
    "cancel: never hits a later statement, however close the race",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #order = false;
          override async cancel(): Promise<void> {
            this.#order = true;
          }
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            const hit = this.#order;
            this.#order = false;
            if (hit) throw cancelledError;
            return super.query(statement, context);
          }
        })(inner),
      classify: asCancelled,
    },
  ),
  mutant("cannot cancel within a stream", "cancel: stops a slow stream, and the stream can be closed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #streaming = false;
        override stream(...args: Parameters<ForwardingConnection["stream"]>): RowStream {
          this.#streaming = true;
          return super.stream(...args);
        }
        override async cancel(context: OperationContext): Promise<void> {
          if (!this.#streaming) await super.cancel(context);
        }
      })(inner),
  }),
  mutant("waits for ever for the answer to a cancel", "cancel: settles by its deadline on a silent network", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async cancel(context: OperationContext): Promise<void> {
          await this.inner.ping(context);
        }
      })(inner),
  }),
];

const cancelledError = new Error("cancelled");

function asCancelled(error: unknown, info: ErrorInfo): ErrorInfo {
  return error === cancelledError ? { ...info, kind: "cancelled", connection: "ok", executed: "yes" } : info;
}
