import type { ParameterValue, ResultSet, Statement } from "@nsj/mdb-core";
import { ForwardingConnection } from "../forwarding-connection.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** A mutant that changes what goes into a query, or what comes out of it. */
function queryMutant(
  name: string,
  caughtBy: string,
  change: { readonly into?: (statement: Statement) => Statement; readonly out?: (result: ResultSet) => ResultSet },
): Mutant {
  return mutant(name, caughtBy, {
    connection: (inner) =>
      new (class extends ForwardingConnection {
        override async query(...[statement, context]: Parameters<ForwardingConnection["query"]>): Promise<ResultSet> {
          const result = await super.query(change.into?.(statement) ?? statement, context);
          return change.out?.(result) ?? result;
        }
      })(inner),
  });
}

/** A mutant that changes each value of each result. */
function valueMutant(name: string, caughtBy: string, change: (value: unknown, type: string) => unknown): Mutant {
  return queryMutant(name, caughtBy, {
    out: (result) => ({
      ...result,
      rows: result.rows.map((row) => row.map((value, index) => change(value, result.columns[index]?.type ?? ""))),
    }),
  });
}

/** A mutant that changes each parameter. */
function parameterMutant(name: string, caughtBy: string, change: (value: ParameterValue) => ParameterValue): Mutant {
  return queryMutant(name, caughtBy, {
    into: (statement) => ({ ...statement, values: statement.values.map(change) }),
  });
}

/** Bugs in results, parameters and types. */
export const queryingMutants: readonly Mutant[] = [
  queryMutant("collapses columns of one name", "query: keeps every column of a result whose names repeat", {
    out(result) {
      const last = new Map(result.columns.map((column, index) => [column.name, index]));
      const kept = [...last.values()];
      return {
        ...result,
        columns: kept.flatMap((index) => result.columns.slice(index, index + 1)),
        rows: result.rows.map((row) => kept.map((index) => row[index])),
      };
    },
  }),
  queryMutant(
    "counts one row too many",
    "query: has no columns and no rows for a statement that returns none, and counts what it changed",
    {
      out: (result) => ({
        ...result,
        affected: result.columns.length === 0 ? (result.affected ?? 0) + 1 : result.affected,
      }),
    },
  ),
  queryMutant("uses one array for every row", "query: gives 100 000 rows, each an array of its own", {
    out(result) {
      const [only] = result.rows;
      return only === undefined ? result : { ...result, rows: result.rows.map(() => only) };
    },
  }),
  queryMutant("forgets the columns of an empty result", "query: gives the columns of an empty result", {
    out: (result) => (result.rows.length === 0 ? { ...result, columns: [] } : result),
  }),
  queryMutant(
    "gives only the first of several results",
    "query: gives every result of a text with several statements",
    {
      out: ({ columns, rows, affected }) => ({ columns, rows, affected }),
    },
  ),
  queryMutant("folds quoted column names", "query: keeps the case and the characters of a quoted column name", {
    out: (result) => ({ ...result, columns: result.columns.map((it) => ({ ...it, name: it.name.toLowerCase() })) }),
  }),
  queryMutant("swaps its first two parameters", "parameters: gives each placeholder its own value, in order", {
    into({ text, values: [first, second, ...rest] }) {
      if (first === undefined) return { text, values: [] };
      return { text, values: second === undefined ? [first] : [second, first, ...rest] };
    },
  }),
  queryMutant(
    "sorts parameters as text, so that the tenth comes second",
    "parameters: keeps more than nine parameters apart",
    {
      into({ text, values }) {
        const order = values.map((_, index) => index).sort((a, b) => (String(a) < String(b) ? -1 : 1));
        return { text, values: order.map((index) => values[index] ?? null) };
      },
    },
  ),
  queryMutant(
    "pastes texts into the SQL",
    "parameters: brings every hostile text there and back, and runs none of it",
    {
      into({ text, values }) {
        const rest: ParameterValue[] = [];
        let index = 0;
        const pasted = text.replaceAll("?", () => {
          const value = values[index++] ?? null;
          if (typeof value === "string") return `'${value}'`;
          rest.push(value);
          return "?";
        });
        return values.some((it) => typeof it === "string") ? { text: pasted, values: rest } : { text, values };
      },
    },
  ),
  queryMutant(
    "fills missing parameters with NULL",
    "parameters: fails on too few and on too many values, and stays usable",
    {
      into({ text, values }) {
        const places = text.split("?").length - 1;
        return {
          text,
          values: [...values, ...Array.from({ length: Math.max(0, places - values.length) }, () => null)],
        };
      },
    },
  ),
  parameterMutant(
    "makes NULL of the empty text",
    "types: text: every text comes back as it went, the empty one too",
    (value) => (value === "" ? null : value),
  ),
  parameterMutant(
    "writes a time as the process's own time zone has it",
    "types: timestamp: every value comes back exact in a process under America/Sao_Paulo",
    (value) => (value instanceof Date ? new Date(value.getTime() - value.getTimezoneOffset() * 60_000) : value),
  ),
  parameterMutant(
    "writes an instant as the process's own time zone has it",
    "types: timestamptz: every value comes back exact in a process under Asia/Kolkata",
    (value) => (value instanceof Date ? new Date(value.getTime() - value.getTimezoneOffset() * 60_000) : value),
  ),
  parameterMutant("passes integers through doubles", "types: bigint: every value comes back exact", (value) =>
    typeof value === "bigint" ? Number(value) : value,
  ),
  parameterMutant(
    "wraps integers at 64 bits",
    "parameters: stores an integer beyond 64 bits as it is, or refuses it",
    (value) => (typeof value === "bigint" ? BigInt.asIntN(64, value) : value),
  ),
  valueMutant("gives undefined for NULL", "parameters: keeps SQL NULL apart from the text and from nothing", (value) =>
    value === null ? undefined : value,
  ),
  valueMutant("reads integers as doubles", "types: bigint: every value comes back exact", (value) =>
    typeof value === "bigint" ? Number(value) : value,
  ),
  valueMutant("reads decimals as doubles", "types: decimal: every value comes back exact", (value, type) =>
    type === "decimal" && value !== null ? Number(value) : value,
  ),
  valueMutant(
    "takes a date for midnight here",
    "types: date: every value comes back exact in a process under America/Sao_Paulo",
    (value, type) => (type === "date" && typeof value === "string" ? shifted(value) : value),
  ),
  valueMutant(
    "parses JSON, and cannot tell null from NULL",
    "types: json: the document null is not SQL NULL",
    (value, type) => (type === "json" && typeof value === "string" ? JSON.parse(value) : value),
  ),
  valueMutant("sends JSON through JavaScript's numbers", "types: json: a number keeps its digits", (value, type) =>
    type === "json" && typeof value === "string" ? JSON.stringify(JSON.parse(value)) : value,
  ),
  valueMutant(
    "cuts blanks from texts",
    "types: text: every text comes back as it went, the empty one too",
    (value, type) => (type === "string" && typeof value === "string" ? value.trim() : value),
  ),
  valueMutant("gives booleans as numbers", "types: boolean: every value comes back exact", (value, type) =>
    type === "boolean" && value !== null ? Number(value) : value,
  ),
  valueMutant("gives bytes as text", "types: bytes: every value comes back exact", (value) =>
    Buffer.isBuffer(value) ? value.toString("latin1") : value,
  ),
  queryMutant("calls every column dynamic", "types: says of every column which rule of the contract applies", {
    out: (result) => ({ ...result, columns: result.columns.map((it) => ({ ...it, type: "dynamic" })) }),
  }),
];

/** What `new Date(...)` and `toISOString` make of a date when midnight is meant to be local. */
function shifted(date: string): string {
  const local = new Date(`${date}T00:00:00Z`);
  return new Date(local.getTime() + local.getTimezoneOffset() * -60_000).toISOString().slice(0, 10);
}
