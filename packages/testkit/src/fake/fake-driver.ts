import { performance } from "node:perf_hooks";
import {
  type Capabilities,
  type Connector,
  checkOptions,
  type DialectFacts,
  type Driver,
  type DriverConnection,
  type OperationContext,
  type ServerCapabilities,
  serverCapabilityNames,
} from "@nsj/mdb-core";
import { EngineDatabase } from "../engine/engine-database.ts";
import { classify } from "../reference/classify.ts";
import { ReferenceConnection } from "../reference/reference-connection.ts";
import { referenceCapabilities, referenceDialect } from "../reference/reference-driver.ts";
import { type FakeCall, FakeConnection } from "./fake-connection.ts";
import { FakeError, failureInfo } from "./fake-error.ts";
import { LazyPort } from "./lazy-port.ts";
import { type FakeAction, type FakeRule, Script } from "./script.ts";

/** What a user may write for the fake driver. Two connectors with the same `name` reach the same data. */
export interface FakeOptions {
  /** The database's name. Default `"main"`. */
  readonly name?: string;
}

/** See {@link fakeDriver}. */
export interface FakeDriverOptions {
  /** The driver's name. Default `"fake"`. */
  readonly name?: string;
  /** What it claims not to be able to do, beside what the engine behind it cannot. A member that is not declared is absent. */
  readonly capabilities?: Partial<Capabilities>;
  readonly dialect?: Partial<DialectFacts>;
  /** What the server behind a connection says of itself; connections are counted from 1. By default it has all that the driver declares. */
  readonly serverCapabilities?: (connection: number) => ServerCapabilities | undefined;
}

/** A driver for tests, and what tests want to know of it and do to it. */
export interface FakeDriver {
  readonly driver: Driver<FakeOptions>;
  /** Every call that was made, in order. */
  readonly calls: readonly FakeCall[];
  /** Every connection that was opened, in order. */
  readonly connections: readonly FakeConnection[];
  /** Adds rules to the script; see {@link FakeRule}. */
  script(...rules: readonly FakeRule[]): void;
  /** Forgets the rules that are left. */
  clearScript(): void;
  /** Ends what is open and removes the data. */
  close(): void;
}

/**
 * A driver that needs no server. Left alone it is a real one: a small SQL engine in this process (on the SQLite that comes with Node,
 * opened at the first statement) with transactions, savepoints, locks, streams and cancellation. A script makes it fail, hang, wait or answer
 * otherwise, call by call, and a log tells what was asked of it.
 *
 * ```ts
 * const fake = fakeDriver();
 * fake.script({ on: "commit", action: { doThenFail: { kind: "lost" } } });
 * ```
 */
export function fakeDriver(options: FakeDriverOptions = {}): FakeDriver {
  const { name = "fake" } = options;
  const script = new Script();
  const calls: FakeCall[] = [];
  const connections: FakeConnection[] = [];
  const databases = new Map<string, EngineDatabase>();
  const capabilities: Capabilities = Object.freeze({ ...referenceCapabilities, ...options.capabilities });

  const databaseOf = (label: string): EngineDatabase => {
    const database = databases.get(label) ?? new EngineDatabase();
    databases.set(label, database);
    return database;
  };

  const connect = async (label: string, context: OperationContext): Promise<DriverConnection> => {
    calls.push({ connection: connections.length + 1, on: "connect" });
    const action = script.take("connect", connections.length + 1, undefined);
    await beforeConnect(action, context);
    const real = new ReferenceConnection(new LazyPort(() => databaseOf(label).open()));
    const connection = new FakeConnection(real, connections.length + 1, script, calls, capabilities);
    const said = options.serverCapabilities?.(connections.length + 1);
    Object.defineProperty(connection, "capabilities", { value: said });
    connections.push(connection);
    return connection;
  };

  const driver: Driver<FakeOptions> = Object.freeze({
    spi: 1,
    name,
    schemes: Object.freeze([name]),
    optionKeys: Object.freeze(["name"] as const),
    capabilities,
    ...(options.serverCapabilities && { serverMayLack: serverCapabilityNames }),
    dialect: Object.freeze({ ...referenceDialect, ...options.dialect }),
    connector(given: FakeOptions): Connector {
      checkOptions<FakeOptions>(name, given, { name: { type: "string" } });
      const label = given.name ?? "main";
      return { target: { address: "memory", database: label }, connect: (context) => connect(label, context) };
    },
    parseUrl: (url: string) => ({ name: url.slice(url.indexOf(":") + 1).replace(/^\/+/, "") || "main" }),
    classify: (error: unknown) => infoOf(error) ?? classify(error),
  });

  return {
    driver,
    calls,
    connections,
    script: (...rules) => script.add(rules),
    clearScript: () => script.clear(),
    close() {
      for (const connection of connections) connection.destroy();
      for (const database of databases.values()) database.close();
      databases.clear();
    },
  };
}

function infoOf(error: unknown) {
  try {
    return error instanceof FakeError ? error.info : undefined;
  } catch {
    // A proxy may throw when it is looked at.
    return undefined;
  }
}

async function beforeConnect(action: FakeAction | undefined, context: OperationContext): Promise<void> {
  if (context.signal?.aborted === true) throw abandoned();
  if (action === undefined) return;
  if ("waitFor" in action) await Promise.race([action.waitFor, outOfTime(context)]);
  else if ("hang" in action) await outOfTime(context);
  else if ("fail" in action) throw new FakeError(failureInfo(action.fail));
  else if ("doThenFail" in action) throw new FakeError(failureInfo(action.doThenFail));
}

/** Rejects when the caller's time is up, or it gives up. */
function outOfTime({ deadline, signal }: OperationContext): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (error: FakeError) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      reject(error);
    };
    const abort = () => stop(abandoned());
    const late = () => stop(new FakeError(failureInfo({ kind: "connect-timeout" })));
    const left = deadline - performance.now();
    const timer = left === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, left);
    signal?.addEventListener("abort", abort);
  });
}

function abandoned(): FakeError {
  return new FakeError({ kind: "cancelled", connection: "dead", executed: "no", retry: "never" }, "fake: aborted");
}
