import type { OperationContext, ResetPlan, ResultSet, RowStream, Statement } from "@nsj/mdb-core";
import type { Leftover } from "../conformance/engine-sql.ts";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { referenceSql } from "../reference/reference-subject.ts";
import { type Mutant, mutant } from "./mutant.ts";
import type { WholeConnection } from "./mutation.ts";

const leftovers = referenceSql.session?.leftovers ?? [];
const told = "session changes: are told when the statement settles, each time it is run";
const spelt =
  "session changes: are told of a statement behind comments, in capital letters, or in one text with others";
const oneStatement = "sessions between borrowers: show nothing of what a statement left, however it was written";
const byTransaction = "sessions between borrowers: show nothing of a transaction, committed or rolled back";
const bySavepoint = "sessions between borrowers: show nothing of a savepoint that was rolled back";
const bySession = "sessions between borrowers: show nothing of a session, committed or closed without";
const byStream = "sessions between borrowers: show nothing of a stream, read to its end or left early";
const forOneself = "sessions between borrowers: show nothing of a connection that somebody had for himself";
const byFailure = "sessions between borrowers: show nothing of a text that left something before it failed";

/** Ways in which the next borrower would see what the one before has left. */
export const sessionLeakingMutants: readonly Mutant[] = [
  ...leftovers.flatMap((leftover) => [
    blind(`does not notice ${leftover.what}`, told, ({ text }) => isOf(leftover, text)),
    blind(`lends a connection with ${leftover.what} on`, oneStatement, ({ text }) => isOf(leftover, text)),
    mutant(
      `keeps ${leftover.what} in a reset`,
      "reset: puts back whatever was left in the session, as often as it is left",
      {
        connection: (inner) => new KeepingConnection(inner, leftover),
      },
    ),
  ]),
  blind("looks for words at the beginning of a text only", spelt, ({ text }) => !/^[a-z]/.test(text)),
  blind("notices a text only the first time", told, ({ text }, seen) => seen.has(text) || !seen.add(text)),
  blind("does not look at a transaction that is committed", byTransaction, (_, __, inner) => inner.txStatus !== "idle"),
  dyingWith("forgets with a rollback what it had noticed", byTransaction, "rollback"),
  dyingWith("forgets with a commit what it had noticed", bySession, "commit"),
  dyingWith("forgets with a savepoint what it had noticed", bySavepoint, "rollbackTo"),
  mutant("notices a moment too late", told, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const before = this.dirty;
          const result = await super.query(statement, context);
          const after = this.dirty;
          this.dirty = before;
          setImmediate(() => {
            this.dirty = after;
          });
          return result;
        }
      })(inner),
  }),
  mutant("looks only at statements that succeed", byFailure, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const before = this.dirty;
          try {
            return await super.query(statement, context);
          } catch (error) {
            this.dirty = before;
            throw error;
          }
        }
      })(inner),
  }),
  mutant("does not look at streams", byStream, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override stream(statement: Statement, options: OperationContext & { readonly fetchSize: number }): RowStream {
          const rows = super.stream(statement, options);
          const forgetting = async <T>(work: () => T | PromiseLike<T>): Promise<T> => {
            const result = await work();
            this.dirty = false;
            return result;
          };
          return {
            get columns() {
              return rows.columns;
            },
            read: () => forgetting(() => rows.read()),
            close: () => forgetting(() => rows.close()),
          };
        }
      })(inner),
  }),
  mutant("does nothing in a reset when it has noticed nothing", forOneself, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const result = await super.query(statement, context);
          if (/take_lock/.test(statement.text)) this.dirty = false;
          return result;
        }
        override async reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "deferred" | "impossible"> {
          if (this.dirty) return super.reset(plan, context);
          await super.rollback();
          return "done";
        }
      })(inner),
  }),
  mutant(
    "asks for a reset after what ends with its transaction",
    "sessions between borrowers: cost no reset for what ends with its transaction",
    { connection: (inner) => new SuspiciousConnection(inner, /set_local/) },
  ),
  mutant(
    "takes a word in a string for a statement",
    "session changes: are none on a fresh connection, nor after ordinary work",
    { connection: (inner) => new SuspiciousConnection(inner, /set role/) },
  ),
  mutant("asks for a reset after every insert", "sessions between borrowers: cost no reset for ordinary work", {
    connection: (inner) => new SuspiciousConnection(inner, /^insert/),
  }),
  mutant(
    "takes its own isolation level for somebody's",
    "session changes: are none after what the driver does itself: transactions, savepoints, streams, bulk loads",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async begin(options: Parameters<WholeConnection["begin"]>[0]): Promise<void> {
            await super.begin(options);
            if (options.isolation !== undefined) this.dirty = true;
          }
        })(inner),
    },
  ),
  mutant(
    "is dirty before anybody has used it",
    "session changes: are none on a fresh connection, nor after ordinary work",
    {
      connection(inner) {
        inner.dirty = true;
        return inner;
      },
    },
  ),
];

/** A mutant that does not notice what some statements leave. */
function blind(
  name: string,
  caughtBy: string,
  overlooks: (statement: Statement, seen: Set<string>, inner: WholeConnection) => boolean,
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        readonly #seen = new Set<string>();
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const before = this.dirty;
          const overlooked = overlooks(statement, this.#seen, inner);
          const result = await super.query(statement, context);
          if (overlooked) this.dirty = before;
          return result;
        }
      })(inner),
  });
}

/** A mutant that forgets what it had noticed when something is over. */
function dyingWith(name: string, caughtBy: string, member: "commit" | "rollback" | "rollbackTo"): Mutant {
  return mutant(name, caughtBy, {
    connection(inner) {
      const forgetful = new ForwardingConnection(inner);
      const real: (savepoint: string) => unknown = inner[member].bind(inner);
      return Object.defineProperty(forgetful, member, {
        value: async (savepoint: string) => {
          await real(savepoint);
          inner.dirty = false;
        },
      });
    },
  });
}

/** Takes statements that leave nothing for some that do. */
class SuspiciousConnection extends ForwardingConnection {
  readonly #pattern: RegExp;

  constructor(inner: WholeConnection, pattern: RegExp) {
    super(inner);
    this.#pattern = pattern;
  }

  override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
    const result = await super.query(statement, context);
    if (this.#pattern.test(statement.text)) this.dirty = true;
    return result;
  }
}

/** Leaves one thing again after every reset. */
class KeepingConnection extends ForwardingConnection {
  readonly #leftover: Leftover;
  #left = false;

  constructor(inner: WholeConnection, leftover: Leftover) {
    super(inner);
    this.#leftover = leftover;
  }

  override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
    const result = await super.query(statement, context);
    if (isOf(this.#leftover, statement.text)) this.#left = true;
    return result;
  }

  override async reset(plan: ResetPlan, context: OperationContext): Promise<"done" | "deferred" | "impossible"> {
    const answer = await super.reset(plan, context);
    if (this.#left) await super.query({ text: this.#leftover.leave, values: [] }, context);
    return answer;
  }
}

function isOf({ leave }: Leftover, text: string): boolean {
  return text.toLowerCase().includes(leave.toLowerCase());
}
