import { type OperationContext, type ResultSet, type SessionContext, type Statement, unlimited } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

const everyStatement = "context: holds for every statement until it is another one or none, and leaves nothing";
const transactions = "context: holds to the end of a transaction, however that ends, and for what comes after it";
const failures = "context: leaves nothing behind a statement or a transaction that failed";
const refusals = "context: lets nothing run without it where the server does not accept it";
const together = "context: holds for each of several statements that are on their way together";
const cancellations = "context: holds after a statement that was cancelled, and leaves nothing of it";
const afterRefusals = "context: is another one, or none, after one that the server does not accept";
const streams = "context: holds for a stream, and leaves nothing of it, read to its end or left early";

/** Ways in which one caller's context would hold for another one, or not for its own. */
export const contextLeakingMutants: readonly Mutant[] = [
  mutant("keeps a context that was taken off", everyStatement, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override setContext(context: SessionContext | undefined): void {
          if (context !== undefined) super.setContext(context);
        }
      })(inner),
  }),
  mutant("sets a context on the session instead of the statement", everyStatement, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const { settings = {} } = this.held ?? {};
          for (const value of Object.entries(settings)) {
            await super.query({ text: "select set_setting(?, ?)", values: value }, context);
          }
          return super.query(statement, context);
        }
        held: SessionContext | undefined;
        override setContext(context: SessionContext | undefined): void {
          this.held = context;
          super.setContext(context);
        }
      })(inner),
  }),
  mutant("sends a context with the first statement only", everyStatement, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const result = await super.query(statement, context);
          super.setContext(undefined);
          return result;
        }
      })(inner),
  }),
  mutant("sends no context with a transaction", transactions, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #held: SessionContext | undefined;
        override setContext(context: SessionContext | undefined): void {
          this.#held = context;
          super.setContext(context);
        }
        override async begin(options: Parameters<ForwardingConnection["begin"]>[0]): Promise<void> {
          super.setContext(undefined);
          await super.begin(options);
          super.setContext(this.#held);
        }
      })(inner),
  }),
  mutant("sets it again after a statement that failed", failures, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #held: SessionContext | undefined;
        #failed: SessionContext | undefined;
        override setContext(context: SessionContext | undefined): void {
          this.#held = context;
          super.setContext(context ?? this.#failed);
        }
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          try {
            return await super.query(statement, context);
          } catch (error) {
            this.#failed = this.#held;
            throw error;
          }
        }
      })(inner),
  }),
  mutant("sets a context on the session once its transaction was rolled back", transactions, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #held: SessionContext | undefined;
        override setContext(context: SessionContext | undefined): void {
          if (context !== undefined) this.#held = context;
          super.setContext(context);
        }
        override async rollback(): Promise<void> {
          await super.rollback();
          for (const value of Object.entries(this.#held?.settings ?? {})) {
            await super.query({ text: "select set_setting(?, ?)", values: value }, unlimited);
          }
        }
      })(inner),
  }),
  mutant("sends a context with the first of several statements on their way", together, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #held: SessionContext | undefined;
        #onTheirWay = 0;
        override setContext(context: SessionContext | undefined): void {
          this.#held = context;
          super.setContext(context);
        }
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          super.setContext(this.#onTheirWay === 0 ? this.#held : undefined);
          this.#onTheirWay++;
          try {
            return await super.query(statement, context);
          } finally {
            this.#onTheirWay--;
          }
        }
      })(inner),
  }),
  mutant("keeps a context that was taken off after a cancellation", cancellations, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #held: SessionContext | undefined;
        #cancelled = false;
        override setContext(context: SessionContext | undefined): void {
          this.#held = context ?? (this.#cancelled ? this.#held : undefined);
          super.setContext(this.#held);
        }
        override async cancel(context: OperationContext): Promise<void> {
          this.#cancelled = true;
          await super.cancel(context);
        }
      })(inner),
  }),
  mutant("runs without any context once a statement was cancelled", cancellations, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async cancel(context: OperationContext): Promise<void> {
          await super.cancel(context);
          super.setContext(undefined);
        }
      })(inner),
  }),
  mutant("tries a context that was refused no second time", afterRefusals, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          try {
            return await super.query(statement, context);
          } catch (error) {
            super.setContext(undefined);
            throw error;
          }
        }
      })(inner),
  }),
  mutant("goes on without a context that the server refuses", refusals, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          try {
            return await super.query(statement, context);
          } catch {
            super.setContext(undefined);
            return super.query(statement, context);
          }
        }
      })(inner),
  }),
  mutant("streams without a context", streams, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override stream(
          ...given: Parameters<ForwardingConnection["stream"]>
        ): ReturnType<ForwardingConnection["stream"]> {
          super.setContext(undefined);
          return super.stream(...given);
        }
      })(inner),
  }),
];
