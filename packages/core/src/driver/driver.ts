import type { Capabilities } from "./capabilities.ts";
import type { Clock } from "./clock.ts";
import type { DriverConnection } from "./connection.ts";
import type { ConnectionTarget } from "./connection-target.ts";
import type { DialectFacts } from "./dialect.ts";
import type { ErrorInfo } from "./error-info.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { OperationContext } from "./operation.ts";
import type { ServerCapability } from "./server-capabilities.ts";

/**
 * How to reach one kind of database. What an adapter exports; stateless, frozen, shared by every label of its engine.
 *
 * Connecting takes two steps: `connector(options)` parses and checks once and does no I/O; `connector.connect(context)` opens
 * one connection.
 *
 * @typeParam Options - what a user may write for this engine, less the keys that are core's own.
 */
export interface Driver<Options extends object = object, Name extends string = string> {
  /** The version of this interface. */
  readonly spi: 1;
  /** `"postgres"`: the engine's name in errors, events and `database.engine`. Lower case. */
  readonly name: Name;
  /** URL schemes and `engine` names that it answers to, lower case and without a colon, its own name among them. */
  readonly schemes: readonly string[];
  /** The option keys that it understands, so that core can refuse any other one and suggest the nearest. */
  readonly optionKeys: readonly (keyof Options & string)[];
  readonly dialect: DialectFacts;
  readonly capabilities: Capabilities;
  /**
   * Which of the capabilities a server may lack that is reached by this driver: its connections say so ({@link DriverConnection.capabilities}). Core opens a
   * connection before it decides by one of these, and decides by the declaration alone otherwise. Absent: none.
   */
  readonly serverMayLack?: readonly ServerCapability[];
  /**
   * Checks the options and keeps what it needs. No I/O.
   * @param environment - the system's clock when absent
   * @throws ConfigurationError naming the key, what was found and what would be right; never a secret.
   */
  connector(options: Options, environment?: ConnectorEnvironment): Connector;
  /** Options for a URL or path of one of `schemes`. @throws ConfigurationError when it cannot be read. */
  parseUrl(url: string): Options;
  /**
   * Says what an error of this driver means. Pure and total: any value, never throws. `classifier` makes it of a function that knows the
   * driver's own errors. Goes by codes, not by texts, which a server may give in any language.
   */
  classify(error: unknown): ErrorInfo;
}

/** What a connector takes from its surroundings. */
export interface ConnectorEnvironment {
  /** Where its time comes from: deadlines are on this clock, and whatever waits in the adapter waits by it. */
  readonly clock: Clock;
}

/** Options that were checked, ready to connect with. */
export interface Connector {
  /** Where it connects to, for messages; no secret. */
  readonly target: ConnectionTarget;
  /** Narrows the driver's capabilities for these options (an in-memory database has one connection). */
  readonly capabilities?: Partial<Capabilities>;
  /** Narrows the driver's dialect for these options or server versions. */
  readonly dialect?: Partial<DialectFacts>;
  /**
   * Opens one connection: network, TLS, login, session settings. Settles by the deadline; on failure no socket is left, and `classify`
   * says `connection: "dead"`. Rejects when the signal is aborted already. Called concurrently. Runs in the pool's own async context.
   */
  connect(context: OperationContext): Promise<DriverConnection>;
  /** Frees what the connector itself holds (files, agents). Called once, after the last connection is closed. */
  close?(): MaybePromise<void>;
}
