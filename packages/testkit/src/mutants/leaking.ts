import { AsyncLocalStorage } from "node:async_hooks";
import type { BulkTarget, OperationContext, ParameterValue, ResultSet, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Bugs that nobody notices on the first day. */
export const leakingMutants: readonly Mutant[] = [
  mutant("keeps what every statement gave", "hygiene: keeps no memory of thousands of statements", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        readonly #kept: unknown[] = [];
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const result = await super.query(statement, context);
          this.#kept.push({ ...result }, new Array(100).fill(this.#kept.length));
          return result;
        }
      })(inner),
  }),
  mutant(
    "waits for every batch beside something that lasts as long as the load",
    "hygiene: keeps no row of a bulk load that it has sent",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async bulkLoad(
            target: BulkTarget,
            batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
            context: OperationContext,
          ) {
            const over = Promise.withResolvers<never>();
            async function* raced() {
              const source = batches[Symbol.asyncIterator]();
              for (;;) {
                const { done, value } = await Promise.race([source.next(), over.promise]);
                if (done === true) return;
                yield value;
              }
            }
            return super.bulkLoad(target, raced(), context);
          }
        })(inner),
    },
  ),
  mutant("listens on the process for every twelfth statement", "hygiene: adds no listeners that are never removed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #statements = 0;
        override query(statement: Statement, context: OperationContext) {
          this.#statements += 1;
          // Not more often, or Node itself would notice.
          if (this.#statements % 12 === 0) process.once("SIGUSR2", leftBehind);
          return super.query(statement, context);
        }
        override destroy(): void {
          process.removeAllListeners("SIGUSR2");
          super.destroy();
        }
      })(inner),
  }),
  mutant("keeps listening on the signal of every statement", "hygiene: adds no listeners that are never removed", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override query(statement: Statement, context: OperationContext) {
          context.signal?.addEventListener("abort", () => this.destroy());
          return super.query(statement, context);
        }
      })(inner),
  }),
  mutant("leaves a timer behind", "hygiene: leaves nothing that keeps the process alive", {
    connection(inner) {
      const timer = setInterval(() => {
        if (!inner.usable && ++ticks > 50) clearInterval(timer);
      }, 100);
      let ticks = 0;
      return inner;
    },
  }),
  mutant("does nothing on unref", "hygiene: does not keep the process alive for an idle connection that is let go", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override unref(): void {}
      })(inner),
  }),
  mutant("leaves a rejection that nobody handles", "hygiene: leaves no rejection unhandled", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override query(statement: Statement, context: OperationContext) {
          const result = Promise.resolve(super.query(statement, context));
          void result.then(() => undefined);
          return result;
        }
      })(inner),
  }),
  mutant(
    "runs a bulk source in the context of whoever opened the connection",
    "hygiene: calls a bulk source in the async context of the caller",
    {
      connection(inner) {
        const inContextOfOpener = AsyncLocalStorage.snapshot();
        return new (class extends ForwardingConnection {
          override bulkLoad(
            target: BulkTarget,
            batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
            context: OperationContext,
          ) {
            return inContextOfOpener(() => super.bulkLoad(target, batches, context));
          }
        })(inner);
      },
    },
  ),
];

function leftBehind(): void {}
