import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import type { Case } from "./area.ts";

/** Where the sentences stand that an area asks about. */
const places: Readonly<Record<string, string>> = {
  meta: "Driver, Connector, Capabilities",
  connect: "Connector.connect, OperationContext",
  query: "DriverConnection.query, Statement, ResultSet",
  parameters: "Statement.values, ParameterValue, DialectFacts.maxParameters",
  types: "ColumnInfo.type, LogicalType",
  "local state": "DriverConnection.usable, txStatus, onFatal",
  transactions: "DriverConnection.begin, commit, rollback",
  isolation: "Capabilities.isolation, BeginOptions",
  savepoints: "DriverConnection.savepoint, rollbackTo, releaseSavepoint",
  prepared: "Capabilities.prepared, StatementCache",
  reset: "DriverConnection.reset, ResetPlan",
  "session changes": "DriverConnection.dirty",
  stream: "DriverConnection.stream, RowStream, CursorOptions",
  cancel: "DriverConnection.cancel",
  close: "DriverConnection.close, destroy",
  executeMany: "DriverConnection.executeMany, ExecuteManyFailure",
  bulkLoad: "DriverConnection.bulkLoad, BulkTarget",
  procedures: "DriverConnection.call, Call",
  errors: "Driver.classify, ErrorInfo",
  network: "DriverConnection.usable, onFatal, Driver.classify",
  dialect: "DialectFacts",
};

/** Adds to a failure what was asked, and where the interface says so. The driver's own errors stay as they are. */
export function explain(
  error: unknown,
  area: string,
  { name, undocumented }: Pick<Case, "name" | "undocumented">,
): void {
  if (!(error instanceof AssertionError)) return;
  const place = places[area];
  const about = place === undefined ? "" : `; the interface says it at ${place}`;
  const doubt = undocumented === undefined ? "" : ` ${undocumented}.`;
  const message = `${reasonOf(error)}\n\nAsked was "${area}: ${name}"${about}.${doubt}\n\n${error.message}`;
  error.stack = error.stack?.replace(error.message, message) ?? message;
  error.message = message;
}

/** One line that says what is wrong, also where an assertion has no words of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AssertionError && error.generatedMessage) {
    return `expected ${short(error.expected)}, got ${short(error.actual)}`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}

function short(value: unknown): string {
  const text = inspect(value, {
    depth: 3,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 8,
    maxStringLength: 80,
  });
  return text.length <= 160 ? text : `${text.slice(0, 160)}...`;
}
