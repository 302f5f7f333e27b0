import type { DriverConnection, ErrorInfo, ErrorKind, OperationContext, ResultSet, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { referenceDialect, referenceDriver } from "../reference/reference-driver.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** A mutant that takes one kind of error for another. */
function confused(kind: ErrorKind, taken: Partial<ErrorInfo>, caughtBy: string): Mutant {
  return mutant(`takes "${kind}" for ${JSON.stringify(taken)}`, caughtBy, {
    classify: (_, info) => (info.kind === kind ? { ...info, ...taken } : info),
  });
}

/** A mutant with another dialect. */
function misdeclared(name: string, caughtBy: string, dialect: Partial<typeof referenceDialect>): Mutant {
  return mutant(name, caughtBy, {
    driver: { dialect: Object.freeze({ ...referenceDialect, ...dialect }) },
  });
}

/** Bugs in errors, in the network's way, in the dialect, and things left behind. */
export const erringMutants: readonly Mutant[] = [
  confused("unique", { kind: "other" }, "errors: unique: a row that the table refuses"),
  confused("foreign-key", { kind: "unique" }, "errors: foreign-key: a row that the table refuses"),
  confused("not-null", { kind: "value" }, "errors: not-null: a row that the table refuses"),
  confused("check", { retry: "statement" }, "errors: check: a row that the table refuses"),
  confused("undefined-object", { kind: "syntax" }, "errors: undefined-object: a table and a column that do not exist"),
  confused("lock-timeout", { kind: "statement-timeout" }, "errors: lock-timeout: a lock that was not granted in time"),
  confused(
    "statement-timeout",
    { kind: "cancelled" },
    "errors: statement-timeout: a statement that the server stopped",
  ),
  confused(
    "transaction-aborted",
    { kind: "other" },
    "local state: tells the truth after a statement failed in a transaction",
  ),
  confused(
    "cancelled",
    { kind: "statement-timeout" },
    "cancel: stops the statement on the server, and the connection goes on",
  ),
  confused(
    "serialization",
    { kind: "other" },
    "isolation: serializable: loses no update of two that started from the same value",
  ),
  confused(
    "read-only",
    { kind: "permission" },
    "transactions: refuses writes in a read-only transaction, and only there",
  ),
  confused(
    "syntax",
    { executed: "no", retry: "statement" },
    "errors: keeps dead and usable in step after every failure",
  ),
  confused("unique", { connection: "dead" }, "errors: keeps dead and usable in step after every failure"),
  confused("unknown-database", { kind: "refused" }, "connect: refuses an unknown database as such"),
  confused(
    "connect-timeout",
    { kind: "lost" },
    "connect: gives up at the deadline on a server that accepts and says nothing",
  ),
  confused("refused", { executed: "maybe" }, "connect: says that nobody listens"),
  mutant("puts values into an error that users see", "errors: shows no value in the messages that users see", {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          try {
            return await super.query(statement, context);
          } catch (error) {
            if (error instanceof Error) error.message += ` (values: ${statement.values.map(String).join(", ")})`;
            throw error;
          }
        }
      })(inner),
    classify: (_, info) => (info.kind === "unique" ? { ...info, kind: "other" } : info),
  }),
  mutant(
    "connects again by itself and sends the statement twice",
    "network: survives a cut after every byte of an answer (end)",
    {
      connector(connector) {
        return {
          ...connector,
          async connect(context) {
            const first = (await connector.connect(context)) as Required<DriverConnection>;
            return new (class extends ForwardingConnection {
              #second: Required<DriverConnection> | undefined;
              override get usable(): boolean {
                return this.#second?.usable ?? super.usable;
              }
              override async query(statement: Statement, operation: OperationContext): Promise<ResultSet> {
                if (this.#second !== undefined) return this.#second.query(statement, operation);
                try {
                  return await super.query(statement, operation);
                } catch (error) {
                  if (super.usable) throw error;
                  this.#second = (await connector.connect(operation)) as Required<DriverConnection>;
                  return this.#second.query(statement, operation);
                }
              }
            })(first);
          },
        };
      },
    },
  ),
  mutant(
    "takes a connection that was cut for one that answered",
    "network: survives a cut after every byte of a request (reset)",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            try {
              return await super.query(statement, context);
            } catch (error) {
              if (this.usable) throw error;
              return { columns: [], rows: [], affected: 1 };
            }
          }
        })(inner),
    },
  ),
  misdeclared(
    "declares more parameters than the engine takes",
    "parameters: takes as many parameters as its dialect says, and refuses one more",
    { maxParameters: 40_000 },
  ),
  misdeclared(
    "declares fewer parameters than the engine takes",
    "parameters: takes as many parameters as its dialect says, and refuses one more",
    { maxParameters: 1_000 },
  ),
  misdeclared("declares another way of paging", "dialect: pages as it says", { limit: "offset-fetch" }),
  misdeclared(
    "declares that the empty text is NULL",
    "dialect: takes the empty text for NULL where it says so, and only there",
    { emptyStringIsNull: true },
  ),
  misdeclared("declares that NULL sorts last", "dialect: sorts NULL where it says", { nullsSort: "high" }),
  misdeclared("declares an OUTPUT clause", "dialect: returns rows of a changing statement", {
    returning: { insert: "output", update: "output", delete: "output" },
  }),
  misdeclared("declares MERGE", "dialect: inserts or updates in one statement", { upsert: "merge" }),
  misdeclared("declares that a select needs a table", "dialect: selects without a table as it says", {
    selectNeedsFrom: "dual",
  }),
  misdeclared(
    "quotes with what the engine does not know",
    "dialect: quotes reserved words, quotes, blanks and any script",
    { quote: ["'", "'"] },
  ),
  mutant("is not frozen", "meta: is frozen, its capabilities and dialect too", {
    driver: { capabilities: { ...referenceDriver.capabilities } },
  }),
];
