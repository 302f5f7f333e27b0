import type { Mutant } from "./mutant.ts";

const [postgres, mysql, mssql, oracle, sqlite] = ["postgres", "mysql", "mssql", "oracle", "sqlite"].map((engine) => ({
  source: `packages/adapter-${engine}/src`,
  conformance: `packages/adapter-${engine}/test/conformance.test.ts`,
})) as [Adapter, Adapter, Adapter, Adapter, Adapter];

interface Adapter {
  readonly source: string;
  readonly conformance: string;
}

/** The questions that notice them. */
const lateCancel = "never hits a later statement, however close the race";
const openStatements = "keeps no more statements on the server than it has to";
const presentMoment = "the server's present moment is the one of this process";
const leftInSession = "puts back whatever was left in the session, as often as it is left";
const largeInteger = "stores an integer beyond 64 bits as it is, or refuses it";
const foundRows = "counts the rows that a statement found";

/** Faults that adapters have had, in each adapter that has such a line: the conformance suite notices all of them. */
export const adapterMutants: readonly Mutant[] = [
  {
    fault: "a cancellation on PostgreSQL hits a later statement",
    file: `${postgres.source}/cancel.ts`,
    text: "    socket.write(message);",
    replacement: "    socket.write(message);\n    resolve();",
    noticedBy: [postgres.conformance],
    test: lateCancel,
  },
  {
    fault: "a number of PostgreSQL's that was given again after a crash speaks for the transaction that was lost",
    file: `${postgres.source}/fate.ts`,
    text: `    if (now === life || fate !== "committed") return fate;`,
    replacement: `    if (now !== "" || fate !== "committed") return fate;`,
    noticedBy: ["packages/adapter-postgres/test/crash-fate.test.ts"],
  },
  {
    fault: "a cancellation on MySQL hits a later statement",
    file: `${mysql.source}/interruption.ts`,
    text: "      await this.#connection.kill(context);",
    replacement: "      void this.#connection.kill(context).catch(() => undefined);",
    noticedBy: [mysql.conformance],
    test: lateCancel,
  },
  {
    fault: "a cancellation on SQL Server hits a later statement",
    file: `${mssql.source}/link.ts`,
    text: `        running.target.cancel();
        await running.settled;`,
    replacement: "        setTimeout(() => this.#running?.target?.cancel(), 8);",
    noticedBy: [mssql.conformance],
    test: lateCancel,
  },
  {
    fault: "a cancellation on Oracle hits a later statement",
    file: `${oracle.source}/link.ts`,
    text: `      await this.connection.breakExecution();
      await pending.catch(() => undefined);`,
    replacement: "      setTimeout(() => void this.connection.breakExecution(), 8);",
    noticedBy: [oracle.conformance],
    test: lateCancel,
  },
  {
    fault: "prepared statements are never closed on PostgreSQL",
    file: `${postgres.source}/statements.ts`,
    text: "    if (this.#open.delete(name)) this.#closing.push(name);",
    replacement: "    this.#open.delete(name);",
    noticedBy: [postgres.conformance],
    test: openStatements,
  },
  {
    fault: "prepared statements are never closed on MySQL",
    file: `${mysql.source}/statements.ts`,
    text: `      this.#open.delete(statement);
      link.closeStatement(statement.id);`,
    replacement: "      this.#open.delete(statement);",
    noticedBy: [mysql.conformance],
    test: openStatements,
  },
  {
    fault: "instants on MySQL are off by hours",
    file: `${mysql.source}/setup.ts`,
    text: `"time_zone = '+00:00'",`,
    replacement: `"time_zone = '+02:00'",`,
    noticedBy: [mysql.conformance],
    test: presentMoment,
  },
  {
    fault: "the schema that one borrower has chosen on MySQL is the next one's",
    file: `${mysql.source}/reset.ts`,
    text: "  if (session.state.schemaChanged && database !== undefined) await session.useDatabase(database);",
    replacement: "",
    noticedBy: [mysql.conformance],
    test: leftInSession,
  },
  {
    fault: "an integer beyond 64 bits is another one on MySQL",
    file: `${mysql.source}/values.ts`,
    text: "  return decimalOf(String(value));",
    replacement: "  return { type: 8, write: (writer) => writer.u64(BigInt.asUintN(64, value)) };",
    noticedBy: [mysql.conformance],
    test: largeInteger,
  },
  {
    fault: "an integer beyond 64 bits is another one on SQL Server",
    file: `${mssql.source}/values.ts`,
    text: `    if (BigInt.asIntN(64, value) === value) return { type: this.#native("BigInt"), value };`,
    replacement: `    if (value !== null) return { type: this.#native("BigInt"), value: BigInt.asIntN(64, value) };`,
    noticedBy: [mssql.conformance],
    test: largeInteger,
  },
  {
    fault: "an integer beyond 64 bits is another one on SQLite",
    file: `${sqlite.source}/values.ts`,
    text: "      if (value < minimum || value > maximum) {",
    replacement: "      if (value < minimum || value > maximum) {\n        return BigInt.asIntN(64, value);",
    noticedBy: [sqlite.conformance],
    test: largeInteger,
  },
  {
    fault: "a connection that PostgreSQL has ended is called usable",
    file: `${postgres.source}/errors.ts`,
    text: "  const dead = facts.alive === undefined ? state.fatal === true : !facts.alive;",
    replacement: "  const dead = false;",
    noticedBy: [postgres.conformance],
  },
  {
    fault: "a connection that SQL Server has ended is called usable",
    file: `${mssql.source}/errors.ts`,
    text: "  const dead = facts.alive === undefined ? known.fatal === true || (error.class ?? 0) >= 20 : !facts.alive;",
    replacement: "  const dead = false;",
    noticedBy: [mssql.conformance],
  },
  {
    fault: "an update on MySQL does not count rows that were already as it wants them",
    file: `${mysql.source}/login.ts`,
    text: `  "-ODBC",`,
    replacement: `  "-FOUND_ROWS",`,
    noticedBy: [mysql.conformance],
    test: foundRows,
  },
  {
    fault: "an integer beyond 64 bits is another one in the example of an adapter",
    file: "apps/example-custom-adapter/src/values.ts",
    text: `  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {`,
    replacement: `  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
    return BigInt.asIntN(64, value);`,
    noticedBy: ["apps/example-custom-adapter/test/conformance.test.ts"],
    test: largeInteger,
  },
];
