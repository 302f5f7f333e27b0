import type { DriverConnection, MaybePromise, OperationContext, ResultSet, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Bugs in what a connection says of itself, and in how it ends. */
export const dyingMutants: readonly Mutant[] = [
  mutant("always says that no transaction is open", "local state: is active from begin to commit or rollback", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override get txStatus(): DriverConnection["txStatus"] {
          return "idle";
        }
      })(inner),
  }),
  mutant(
    "does not see a transaction that SQL opened",
    "local state: notices a transaction that SQL text opened, and rolls it back",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #begun = false;
          override get txStatus(): DriverConnection["txStatus"] {
            return this.#begun ? this.inner.txStatus : "idle";
          }
          override async begin(options: Parameters<DriverConnection["begin"]>[0]): Promise<void> {
            await super.begin(options);
            this.#begun = true;
          }
        })(inner),
    },
  ),
  mutant(
    "says active of a transaction that has failed",
    "local state: tells the truth after a statement failed in a transaction",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override get txStatus(): DriverConnection["txStatus"] {
            return this.inner.txStatus === "failed" ? "active" : this.inner.txStatus;
          }
        })(inner),
    },
  ),
  mutant(
    "learns its state only after the rejection",
    "local state: knows its state at the moment when a promise rejects, and not only later",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #status: DriverConnection["txStatus"] = "idle";
          override get txStatus(): DriverConnection["txStatus"] {
            return this.#status;
          }
          override async begin(options: Parameters<DriverConnection["begin"]>[0]): Promise<void> {
            await super.begin(options);
            this.#status = "active";
          }
          override async rollback(): Promise<void> {
            await super.rollback();
            this.#status = "idle";
          }
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            try {
              return await super.query(statement, context);
            } finally {
              setImmediate(() => {
                this.#status = this.inner.txStatus;
              });
            }
          }
        })(inner),
    },
  ),
  mutant("stays usable after its death", "local state: dies idle without onFatal and without harm to the process", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override get usable(): boolean {
          return true;
        }
      })(inner),
  }),
  mutant("is unusable only after a turn of the loop", "close: is unusable as soon as destroy returns", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override destroy(): void {
          setImmediate(() => super.destroy());
        }
      })(inner),
  }),
  fatalMutant(
    "calls onFatal twice",
    "local state: calls onFatal once when it dies idle, and is unusable by then",
    (call, error) => {
      call(error);
      setImmediate(() => call(error));
    },
  ),
  fatalMutant(
    "never calls onFatal",
    "local state: calls onFatal once when it dies idle, and is unusable by then",
    () => undefined,
  ),
  fatalMutant(
    "calls onFatal with nothing",
    "local state: calls onFatal once when it dies idle, and is unusable by then",
    (call) => call(undefined),
  ),
  mutant("calls onFatal when it is destroyed", "local state: does not call onFatal when it is closed or destroyed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override destroy(): void {
          super.destroy();
          this.onFatal?.(new Error("destroyed"));
        }
      })(inner),
  }),
  mutant(
    "calls onFatal although a statement reports the death",
    "local state: tells a death during a call by that call alone",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            try {
              return await super.query(statement, context);
            } catch (error) {
              if (!this.usable) this.onFatal?.(error);
              throw error;
            }
          }
        })(inner),
    },
  ),
  mutant(
    "throws when it is destroyed twice",
    "close: destroys as often as it is asked, in whatever state, without throwing",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override destroy(): void {
            if (!this.usable) throw new Error("not connected");
            super.destroy();
          }
        })(inner),
    },
  ),
  mutant(
    "forgets a pending statement when it is destroyed",
    "close: rejects a pending statement when it is destroyed",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #destroyed = false;
          override destroy(): void {
            this.#destroyed = true;
            super.destroy();
          }
          override query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            return new Promise((resolve, reject) => {
              Promise.resolve(super.query(statement, context)).then(resolve, (error) => {
                if (!this.#destroyed) reject(error);
              });
            });
          }
        })(inner),
    },
  ),
  mutant("commits what is open when it is closed", "close: rolls back what is open when it is closed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async close(context: OperationContext): Promise<void> {
          if (this.txStatus === "active") await this.commit();
          await super.close(context);
        }
      })(inner),
  }),
  mutant(
    "waits for ever for an answer to its goodbye",
    "close: closes by the deadline although the network has gone silent",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async close(context: OperationContext): Promise<void> {
            await super.ping(context);
            await super.close(context);
          }
        })(inner),
    },
  ),
  mutant("keeps its socket when it is closed", "close: lets go of its socket when it is closed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #closed = false;
        override get usable(): boolean {
          return !this.#closed && super.usable;
        }
        override async close(): Promise<void> {
          this.#closed = true;
        }
      })(inner),
  }),
  mutant("takes a lost connection for a sound one", "errors: lost: a connection that died is dead by every account", {
    classify: (_, info) => (info.kind === "lost" ? { ...info, connection: "ok" } : info),
  }),
  mutant(
    "says of a lost statement that it was not executed",
    "network: says that nothing was executed only where nothing was sent",
    {
      classify: (_, info) => (info.kind === "lost" ? { ...info, executed: "no", retry: "statement" } : info),
    },
  ),
  mutant(
    "says of a lost commit that it was not executed",
    "transactions: does not know the outcome when the connection is lost after COMMIT was sent",
    {
      classify: (_, info) => (info.kind === "lost" ? { ...info, executed: "no", retry: "statement" } : info),
    },
  ),
];

/** A mutant that does something else when the connection dies. */
function fatalMutant(
  name: string,
  caughtBy: string,
  onDeath: (call: (error: unknown) => MaybePromise<void>, error: unknown) => void,
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #listener: ((error: unknown) => void) | null = null;
        override get onFatal(): ((error: unknown) => void) | null {
          return this.#listener;
        }
        override set onFatal(listener: ((error: unknown) => void) | null) {
          this.#listener = listener;
          this.inner.onFatal = (error) => onDeath((it) => this.#listener?.(it), error);
        }
      })(inner),
  });
}
