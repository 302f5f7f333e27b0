import assert from "node:assert/strict";
import {
  type Capabilities,
  type Connector,
  type Database,
  type DatabaseDefinition,
  DatabaseManager,
  type DatabaseOptions,
  type DialectFacts,
  type Driver,
  type DriverConnection,
  defineDatabase,
  type ErrorInfo,
  type ErrorKind,
  type ManagerOptions,
  type MaybePromise,
  narrowedCapabilities,
  type OperationContext,
  type ParameterValue,
  type ResultSet,
  type ServerCapabilities,
  type Statement,
} from "@nsj/mdb-core";
import { type FaultProxy, faultProxy } from "../proxy/fault-proxy.ts";
import type { Admin } from "./admin.ts";
import type { FailureBench } from "./failure.ts";
import type { Facts } from "./need.ts";
import type { Subject } from "./subject.ts";
import type { Suite } from "./suite.ts";
import { eventually, soon, within } from "./wait.ts";

/** An error with what the driver says about it. */
export interface Failed {
  readonly error: unknown;
  readonly info: ErrorInfo;
}

/** What one case works with. Everything that it opens here is closed after the case, whatever became of it. */
export class Bench implements Facts, FailureBench {
  readonly subject: Subject;
  readonly driver: Driver;
  readonly connector: Connector;
  readonly capabilities: Capabilities;
  readonly dialect: DialectFacts;
  readonly #suite: Suite;
  readonly #connections: DriverConnection[] = [];
  readonly #connectors: Connector[] = [];
  readonly #proxies: FaultProxy[] = [];
  readonly #managers: DatabaseManager[] = [];
  readonly #fixtures: string[] = [];
  readonly #fatal = new Map<DriverConnection, unknown[]>();

  /** @param said - what the server has of what is declared */
  constructor(suite: Suite, said?: ServerCapabilities) {
    this.#suite = suite;
    this.subject = suite.subject;
    this.driver = suite.subject.driver;
    this.connector = this.newConnector(suite.subject.options());
    this.capabilities = narrowedCapabilities({ ...this.driver.capabilities, ...this.connector.capabilities }, said);
    this.dialect = { ...this.driver.dialect, ...this.connector.dialect };
  }

  options(): object {
    return this.subject.options();
  }

  /** A connector that is closed after the case. */
  newConnector(options: object): Connector {
    const connector = this.driver.connector(options);
    this.#connectors.push(connector);
    return connector;
  }

  /** One connection, with an `onFatal` that only records. */
  async connect(connector: Connector = this.connector, context: OperationContext = soon()): Promise<DriverConnection> {
    const connection = await connector.connect(context);
    this.#connections.push(connection);
    const errors: unknown[] = [];
    this.#fatal.set(connection, errors);
    connection.onFatal = (error) => errors.push(error);
    return connection;
  }

  /** What `onFatal` of a connection was called with so far. */
  fatal(connection: DriverConnection): readonly unknown[] {
    return this.#fatal.get(connection) ?? [];
  }

  /** A fault proxy in front of the server, and a connector that goes through it. */
  async behindProxy(): Promise<{ readonly proxy: FaultProxy; readonly connector: Connector }> {
    const { proxy, options } = await this.proxied();
    return { proxy, connector: this.newConnector(options) };
  }

  /** A fault proxy in front of the server, and options that lead through it. */
  async proxied(): Promise<{ readonly proxy: FaultProxy; readonly options: object }> {
    const { network } = this.subject;
    if (network === undefined) throw new Error("the case has to declare that it needs the network");
    const proxy = await faultProxy(network.address());
    this.#proxies.push(proxy);
    return { proxy, options: network.optionsAt(proxy.address) };
  }

  /** A database of core on the driver, closed after the case. */
  database(
    options: DatabaseOptions = {},
    from: { readonly driver?: Driver; readonly options?: object } = {},
  ): Database {
    const manager = new DatabaseManager({
      main: defineDatabase(from.driver ?? this.driver, { ...(from.options ?? this.subject.options()), ...options }),
    });
    this.#managers.push(manager);
    return manager.database("main");
  }

  /** A manager of core with the driver's database under the label `main`, and others beside it; closed after the case. */
  manager(others: Readonly<Record<string, DatabaseDefinition>>, options: ManagerOptions = {}): DatabaseManager {
    const main = defineDatabase(this.driver, this.subject.options());
    const manager = new DatabaseManager({ main, ...others }, options);
    this.#managers.push(manager);
    return manager;
  }

  /** Creates a table through a database of core and gives its name; it is dropped after the case. */
  async tableIn(database: Database, columns: string): Promise<string> {
    const name = this.name();
    await database.execute(`create table ${name} (${columns})`);
    this.dropLater(`drop table ${name}`);
    return name;
  }

  /** The independent client of the server; the case has to declare that it needs it. */
  admin(): Promise<Admin> {
    return this.#suite.admin();
  }

  /** An identifier that nothing else uses. */
  name(): string {
    return this.#suite.name();
  }

  /** Creates a table through the connection and gives its name; it is dropped after the case. */
  async table(connection: DriverConnection, columns: string): Promise<string> {
    const name = this.name();
    await this.run(connection, `create table ${name} (${columns})`);
    this.dropLater(`drop table ${name}`);
    return name;
  }

  /** Runs this after the case, in reverse order, by a connection of its own. */
  dropLater(...statements: readonly string[]): void {
    this.#fixtures.unshift(...statements);
  }

  /** The placeholder of the parameter at this place, counted from 1. */
  placeholder(position: number): string {
    switch (this.dialect.placeholder) {
      case "dollar":
        return `$${position}`;
      case "question":
        return "?";
      case "at-name":
        return `@p${position}`;
      case "colon-number":
        return `:${position}`;
    }
  }

  /** A statement whose every `?` stands for a parameter. Not for texts with a `?` of their own. */
  statement(text: string, ...values: readonly ParameterValue[]): Statement {
    let position = 0;
    const own = text.replaceAll("?", () => {
      position += 1;
      return this.placeholder(position);
    });
    assert.equal(position, values.length, "the case itself gives as many values as its text has question marks");
    return { text: own, values };
  }

  /** Runs a statement whose every `?` stands for a parameter. */
  async run(connection: DriverConnection, text: string, ...values: readonly ParameterValue[]): Promise<ResultSet> {
    return connection.query(this.statement(text, ...values), soon());
  }

  /** The rows of a query. */
  async rows(
    connection: DriverConnection,
    text: string,
    ...values: readonly ParameterValue[]
  ): Promise<readonly unknown[][]> {
    return (await this.run(connection, text, ...values)).rows;
  }

  /** The one column of a query, as text: for integers, whose canonical form may be a number, a bigint or digits. */
  async texts(connection: DriverConnection, text: string, ...values: readonly ParameterValue[]): Promise<string[]> {
    return (await this.rows(connection, text, ...values)).map((row) => (row[0] === null ? "null" : String(row[0])));
  }

  /** `select ... from dual` where the engine needs it. */
  select(expressions: string): string {
    const { selectNeedsFrom } = this.dialect;
    return selectNeedsFrom === null ? `select ${expressions}` : `select ${expressions} from ${selectNeedsFrom}`;
  }

  /** An identifier in the engine's quotes. */
  quote(identifier: string): string {
    const [open, close] = this.dialect.quote;
    return `${open}${identifier.replaceAll(close, close + close)}${close}`;
  }

  /** A name as the engine stores it when it was written in lower case and without quotes, for drivers that take names apart from SQL. */
  stored(name: string): string {
    return this.dialect.foldCase === "upper" ? name.toUpperCase() : name;
  }

  /** Those of some names that the engine can quote. */
  quotable(names: readonly string[]): readonly string[] {
    const [, close] = this.dialect.quote;
    return this.dialect.quoteInNames === false ? names.filter((name) => !name.includes(close)) : names;
  }

  /** An expression of one of the subject's types. */
  cast(expression: string, type: "integer" | "bigint"): string {
    const { sql, types } = this.subject;
    return sql.cast?.(expression, type) ?? `cast(${expression} as ${types[type]})`;
  }

  /** A literal of a type. */
  literal(type: Parameters<NonNullable<Subject["sql"]["literal"]>>[0], text: string): string {
    return this.subject.sql.literal?.(type, text) ?? `'${text.replaceAll("'", "''")}'`;
  }

  /** Runs what has to fail, and gives the error with its meaning. */
  async failing(work: () => MaybePromise<unknown>, what = "the call"): Promise<Failed> {
    let outcome: unknown;
    try {
      outcome = await this.within(work(), what);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return { error, info: this.driver.classify(error) };
    }
    assert.fail(`${what} had to fail, but gave ${describe(outcome)}`);
  }

  /** Runs what has to fail with one of these kinds. */
  async failingWith(kinds: ErrorKind | readonly ErrorKind[], work: () => MaybePromise<unknown>): Promise<Failed> {
    const expected = typeof kinds === "string" ? [kinds] : kinds;
    const failed = await this.failing(work);
    assert.ok(
      expected.includes(failed.info.kind),
      `classified as "${failed.info.kind}" and not as ${expected.map((it) => `"${it}"`).join(" or ")}: ${String(failed.error)}`,
    );
    return failed;
  }

  /** Fails with a name, instead of hanging, when something does not settle. */
  within<T>(pending: MaybePromise<T>, what: string): Promise<T> {
    return within(pending, what, this.#patienceMs);
  }

  /** Waits until something is true that nobody announces. Fails with a name when it never is. */
  eventually(isTrue: () => MaybePromise<boolean>, what: string): Promise<void> {
    return eventually(isTrue, what, this.#patienceMs);
  }

  get #patienceMs(): number {
    return this.subject.patienceMs ?? 15_000;
  }

  /** Proves that a connection works, outside a transaction. */
  async works(connection: DriverConnection): Promise<void> {
    assert.equal(connection.usable, true, "the connection is usable");
    assert.equal(connection.txStatus, "idle", "no transaction is open");
    const answer = await this.within(this.texts(connection, this.select("41 + 1")), "a simple statement");
    assert.deepEqual(answer, ["42"], "the connection answers rightly");
  }

  /** Proves that a connection either works or says that it is unusable. Whoever gives it back relies on that. */
  async worksOrSaysSo(connection: DriverConnection): Promise<void> {
    if (connection.usable) await this.works(connection);
  }

  /** Closes what the case opened, also where some of it hangs. @throws AssertionError for the first that did not close in time */
  async dispose(): Promise<void> {
    const hung: unknown[] = [];
    const end = (pending: MaybePromise<unknown>, what: string) =>
      this.within(pending, what).catch((error: unknown) => hung.push(error));
    for (const manager of this.#managers) await end(manager.close({ timeoutMs: 0 }), "close() of a database");
    for (const connection of this.#connections) connection.destroy();
    for (const proxy of this.#proxies) await end(proxy.close(), "the end of the fault proxy");
    for (const connector of this.#connectors) await end(connector.close?.(), "close() of a connector");
    if (this.#fixtures.length > 0 && this.capabilities.maxConnections !== 1) await this.#suite.cleanUp(this.#fixtures);
    if (hung.length > 0) throw hung[0];
  }
}

function describe(value: unknown): string {
  try {
    return JSON.stringify(value)?.slice(0, 200) ?? String(value);
  } catch {
    return String(value);
  }
}
