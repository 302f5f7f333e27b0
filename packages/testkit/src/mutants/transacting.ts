import type { BeginOptions, Isolation, OperationContext, ResetPlan, ResultSet, Statement } from "@nsj/mdb-core";
import { unlimited } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Bugs in transactions, isolation and savepoints. */
export const transactingMutants: readonly Mutant[] = [
  mutant(
    "resolves the commit of a failed transaction",
    "transactions: refuses to commit a transaction that a failure has doomed, and commits the rest where it has not",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async commit(): Promise<void> {
            if (this.txStatus === "failed") await super.rollback();
            else await super.commit();
          }
        })(inner),
    },
  ),
  mutant(
    "rolls back and calls it a commit",
    "transactions: shows others nothing before commit, and everything after it",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async commit(): Promise<void> {
            await super.rollback();
          }
        })(inner),
    },
  ),
  mutant("commits and calls it a rollback", "transactions: undoes everything on rollback", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async rollback(): Promise<void> {
          if (this.txStatus === "active") await super.commit();
          else await super.rollback();
        }
      })(inner),
  }),
  mutant("never begins", "transactions: undoes everything on rollback", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async begin(): Promise<void> {}
      })(inner),
  }),
  mutant("ignores read-only", "transactions: refuses writes in a read-only transaction, and only there", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override begin({ isolation }: BeginOptions) {
          return super.begin(isolation === undefined ? {} : { isolation });
        }
      })(inner),
  }),
  mutant("is read-only for ever after", "transactions: refuses writes in a read-only transaction, and only there", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        #readOnly = false;
        override begin(options: BeginOptions) {
          this.#readOnly ||= options.readOnly === true;
          return super.begin({ ...options, readOnly: this.#readOnly });
        }
      })(inner),
  }),
  mutant(
    "keeps the isolation level for the next transaction",
    "isolation: forgets a level with its transaction, however that ends",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #level: Isolation | undefined;
          override begin(options: BeginOptions) {
            this.#level = options.isolation ?? this.#level;
            return super.begin(this.#level === undefined ? options : { ...options, isolation: this.#level });
          }
          override async commit(): Promise<void> {
            await super.commit();
            this.#level = undefined;
          }
        })(inner),
    },
  ),
  weaker(
    "takes serializable for read committed",
    "isolation: serializable: loses no update of two that started from the same value",
    "serializable",
  ),
  weaker(
    "takes repeatable read for read committed",
    "isolation: repeatable read: reads the same row twice alike, whatever others commit in between",
    "repeatable read",
  ),
  weaker(
    "gives another level than it says",
    "isolation: gives each level that it declares, not another",
    "serializable",
  ),
  mutant(
    "rolls back the outer savepoint with the inner one",
    "savepoints: nests: an inner rollback leaves the outer savepoint's work, an outer one takes it all",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          #outermost: string | undefined;
          override savepoint(name: string) {
            this.#outermost ??= name;
            return super.savepoint(name);
          }
          override rollbackTo(name: string) {
            return super.rollbackTo(this.#outermost ?? name);
          }
        })(inner),
    },
  ),
  mutant("releases a savepoint that it rolls back to", "savepoints: keeps a savepoint that was rolled back to", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async rollbackTo(name: string): Promise<void> {
          await super.rollbackTo(name);
          await super.releaseSavepoint(name);
        }
      })(inner),
  }),
  mutant("rolls back what it should release", "savepoints: keeps the work of a savepoint that is released", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override releaseSavepoint(name: string) {
          return super.rollbackTo(name);
        }
      })(inner),
  }),
  mutant("cuts the names of savepoints", "savepoints: takes names of twenty characters", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override savepoint(name: string) {
          return super.savepoint(name.slice(0, 19));
        }
        override rollbackTo(name: string) {
          return super.rollbackTo(name.slice(0, 19));
        }
      })(inner),
  }),
  resetMutant("keeps an open transaction in a reset", "reset: rolls back an open transaction", async () => undefined),
  mutant("commits in a reset", "reset: rolls back an open transaction", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "deferred" | "impossible"> {
          if (this.txStatus === "active") await super.commit();
          return super.reset(plan, context);
        }
      })(inner),
  }),
  mutant("keeps the columns of a text that it saw before", "prepared: sees a column that was added since", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        readonly #shapes = new Map<string, ResultSet["columns"]>();
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const result = await super.query(statement, context);
          const columns = this.#shapes.get(statement.text) ?? result.columns;
          this.#shapes.set(statement.text, columns);
          return { ...result, columns, rows: result.rows.map((row) => row.slice(0, columns.length)) };
        }
      })(inner),
  }),
  mutant(
    "refuses for ever what failed once",
    "prepared: runs a text that failed because its table was missing, once the table is there",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          readonly #failed = new Map<string, unknown>();
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            if (this.#failed.has(statement.text)) throw this.#failed.get(statement.text);
            try {
              return await super.query(statement, context);
            } catch (error) {
              this.#failed.set(statement.text, error);
              throw error;
            }
          }
        })(inner),
    },
  ),
  mutant("loses its statements in a reset", "prepared: uses its statements on after a reset of the session", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        readonly #prepared = new Set<string>();
        #lost: ReadonlySet<string> = new Set();
        override async reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "deferred" | "impossible"> {
          this.#lost = new Set(this.#prepared);
          return super.reset(plan, context);
        }
        override query(statement: Statement, context: OperationContext) {
          if (this.#lost.has(statement.text))
            return super.query({ text: "execute a_statement_of_before", values: [] }, unlimited);
          this.#prepared.add(statement.text);
          return super.query(statement, context);
        }
      })(inner),
  }),
];

/** A mutant that begins a transaction of this level as another one. */
function weaker(name: string, caughtBy: string, level: Isolation): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override begin(options: BeginOptions) {
          return super.begin(options.isolation === level ? { ...options, isolation: "read committed" } : options);
        }
      })(inner),
  });
}

/** A mutant whose reset does something else. */
function resetMutant(
  name: string,
  caughtBy: string,
  reset: (connection: ForwardingConnection) => Promise<void>,
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async reset(): Promise<"done"> {
          await reset(this);
          return "done";
        }
      })(inner),
  });
}
