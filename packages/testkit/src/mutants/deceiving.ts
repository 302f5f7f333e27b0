import type { OperationContext, ResultSet, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { pause } from "../pause.ts";
import { referenceSql } from "../reference/reference-subject.ts";
import { type Mutant, mutant } from "./mutant.ts";

const fiveHours = 5 * 3_600_000;

/** Bugs that a look at what went in and came out does not show: only the server's own account does, or the next statement. */
export const deceivingMutants: readonly Mutant[] = [
  mutant(
    "keeps its instants in a zone of its own, there and back",
    "types: timestamptz: the server's present moment is the one of this process",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async query({ text, values }: Statement, context: OperationContext): Promise<ResultSet> {
            const sent = values.map((it) => (it instanceof Date ? new Date(it.getTime() + fiveHours) : it));
            const result = await super.query({ text, values: sent }, context);
            const back = (value: unknown, type: string | undefined): unknown =>
              type === "timestamptz" && typeof value === "string"
                ? new Date(Date.parse(value.replace(" ", "T")) - fiveHours)
                : value;
            const rows = result.rows.map((row) => row.map((it, index) => back(it, result.columns[index]?.type)));
            return { ...result, rows };
          }
        })(inner),
    },
  ),
  mutant(
    "counts only the rows that it has changed",
    "dialect: counts the rows that a statement found, whether or not it changed anything in them",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            const result = await super.query(statement, context);
            return /^update .* set (\w+) = \1\b/.test(statement.text) ? { ...result, affected: 0 } : result;
          }
        })(inner),
    },
  ),
  mutant(
    "does not wait for its order to stop, which arrives a moment later",
    "cancel: never hits a later statement, however close the race",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override async cancel(context: OperationContext): Promise<void> {
            void pause(8).then(() => super.cancel(context));
          }
        })(inner),
    },
  ),
  mutant(
    "never closes a prepared statement on the server",
    "prepared: keeps no more statements on the server than it has to",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          readonly #open = new Set<string>();
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            this.#open.add(statement.text);
            const result = await super.query(statement, context);
            return statement.text === referenceSql.openStatements ? { ...result, rows: [[this.#open.size]] } : result;
          }
        })(inner),
    },
  ),
  mutant(
    "calls itself usable when the server has hung up behind an error",
    "errors: lost: an error behind which the server hangs up leaves no connection that calls itself usable",
    {
      connection: (inner) =>
        new (class extends ForwardingConnection {
          override get usable(): boolean {
            return true;
          }
          override async query(statement: Statement, context: OperationContext): Promise<ResultSet> {
            try {
              return await super.query(statement, context);
            } catch (error) {
              if (statement.text === referenceSql.hangUp) super.destroy();
              throw error;
            }
          }
        })(inner),
    },
  ),
];
