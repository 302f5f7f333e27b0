import type { DriverConnection, OperationContext, ResetPlan, ResultSet, Statement } from "@nsj/mdb-core";
import { canonical } from "../conformance/canonical.ts";
import type { EngineSql, Leftover } from "../conformance/engine-sql.ts";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { pause } from "../pause.ts";
import type { WholeConnection } from "./mutation.ts";

/** A bug that any driver can have, and that a look at what went in and came out does not show. */
export interface Deception {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Questions of the suite, each of which finds it; the first one that can be asked has to. */
  readonly caughtBy: readonly [string, ...string[]];
  /** A connection with the bug. @param sql - the words of the engine */
  connection(inner: WholeConnection, sql: EngineSql): DriverConnection;
}

/** Each of these has once passed the suite on some engine. */
export const deceptions: readonly Deception[] = [
  {
    name: "does not wait for its order to stop, which arrives a moment later",
    caughtBy: ["cancel: never hits a later statement, however close the race"],
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async cancel(context: OperationContext): Promise<void> {
          const late = async (): Promise<void> => super.cancel(context);
          void pause(8)
            .then(late)
            .catch(() => undefined);
        }
      })(inner),
  },
  {
    name: "keeps its instants in a zone of its own, there and back",
    caughtBy: ["types: timestamptz: the server's present moment is the one of this process"],
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query({ text, values }: Statement, context: OperationContext): Promise<ResultSet> {
          const sent = values.map((it) => (it instanceof Date ? new Date(it.getTime() + fiveHours) : it));
          const result = await super.query({ text, values: sent }, context);
          return { ...result, rows: result.rows.map((row) => row.map((value, at) => earlier(value, result, at))) };
        }
      })(inner),
  },
  {
    name: "counts only the rows that it has changed",
    caughtBy: ["dialect: counts the rows that a statement found, whether or not it changed anything in them"],
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          const result = await super.query(statement, context);
          return /^update .* set (\w+) = \1\b/.test(statement.text) ? { ...result, affected: 0 } : result;
        }
      })(inner),
  },
  {
    name: "keeps one thing in its session through a reset",
    caughtBy: ["reset: puts back whatever was left in the session, as often as it is left"],
    connection: (inner, { session }) => {
      const kept = hardest(session?.leftovers);
      return new (class extends ForwardingConnection {
        #isLeft = false;
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          this.#isLeft ||= statement.text === kept?.leave;
          return super.query(statement, context);
        }
        override async reset(plan: ResetPlan, context: OperationContext) {
          const done = await super.reset(plan, context);
          if (this.#isLeft && kept !== undefined) await super.query({ text: kept.leave, values: [] }, context);
          return done;
        }
      })(inner);
    },
  },
  {
    name: "sends of a large integer only what 64 bits hold",
    caughtBy: ["parameters: stores an integer beyond 64 bits as it is, or refuses it"],
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override query({ text, values }: Statement, context: OperationContext) {
          const sent = values.map((it) => (typeof it === "bigint" ? BigInt.asIntN(64, it) : it));
          return super.query({ text, values: sent }, context);
        }
      })(inner),
  },
  {
    name: "never closes a prepared statement on the server",
    caughtBy: ["prepared: keeps no more statements on the server than it has to"],
    connection: (inner, { openStatements }) =>
      new (class extends ForwardingConnection {
        readonly #open = new Set<string>();
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          this.#open.add(statement.text);
          const result = await super.query(statement, context);
          return statement.text === openStatements ? { ...result, rows: [[this.#open.size]] } : result;
        }
      })(inner),
  },
  {
    name: "calls itself usable when the server has hung up behind an error",
    caughtBy: [
      "errors: lost: an error behind which the server hangs up leaves no connection that calls itself usable",
      "errors: lost: a connection that died is dead by every account",
    ],
    connection: (inner, { hangUp }) =>
      new (class extends ForwardingConnection {
        override get usable(): boolean {
          return true;
        }
        override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
          try {
            return await super.query(statement, context);
          } catch (error) {
            // So that the end does not come a moment later.
            if (statement.text === hangUp) super.destroy();
            throw error;
          }
        }
      })(inner),
  },
];

const fiveHours = 5 * 3_600_000;

function earlier(value: unknown, { columns }: ResultSet, at: number): unknown {
  const column = columns[at];
  const read = column?.type === "timestamptz" ? canonical(value, column) : null;
  return read === null ? value : new Date(Date.parse(read) - fiveHours);
}

/** Another database, or another schema, is what no command puts back by itself; where there is no such thing, anything will do. */
function hardest(leftovers: readonly Leftover[] = []): Leftover | undefined {
  return leftovers.find(({ what }) => /database|schema/.test(what)) ?? leftovers.at(-1);
}
