import type {
  Connector,
  ConnectorEnvironment,
  Driver,
  DriverConnection,
  ErrorInfo,
  OperationContext,
} from "@nsj/mdb-core";
import { type ReferenceOptions, referenceDriver } from "../reference/reference-driver.ts";

/** A driver with one bug, and the question of the suite that has to find it. */
export interface Mutant {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** `"area: case"` of the conformance suite: this case fails for the mutant, and passes for the driver it was made of. */
  readonly caughtBy: string;
  readonly driver: Driver<ReferenceOptions>;
}

/** A connection of the reference driver: it has every member. */
export type WholeConnection = Required<DriverConnection>;

/** What a mutant changes. */
export interface Mutation {
  /** Wraps each connection. */
  readonly connection?: (inner: WholeConnection, options: ReferenceOptions) => DriverConnection;
  /** Takes the place of `connector.connect`. */
  readonly connect?: (
    connector: Connector,
    context: OperationContext,
    options: ReferenceOptions,
  ) => Promise<DriverConnection>;
  /** Wraps each connector. The options are the caller's own object. */
  readonly connector?: (connector: Connector, options: ReferenceOptions) => Connector;
  /** Looks at the options before the reference driver checks them. */
  readonly options?: (options: ReferenceOptions) => ReferenceOptions;
  readonly classify?: (error: unknown, info: ErrorInfo) => ErrorInfo;
  /** Other facts: dialect, capabilities, `parseUrl`. */
  readonly driver?: Partial<Driver<ReferenceOptions>>;
}

/** The reference driver with one change. */
export function mutant(name: string, caughtBy: string, mutation: Mutation): Mutant {
  const { connection, connect, connector: wrap, options: look, classify } = mutation;
  const driver: Driver<ReferenceOptions> = Object.freeze({
    ...referenceDriver,
    ...mutation.driver,
    connector(given: ReferenceOptions, environment?: ConnectorEnvironment): Connector {
      const options = look === undefined ? given : look(given);
      const real = referenceDriver.connector(options, environment);
      const kept = { ...options };
      const connector: Connector = {
        ...real,
        async connect(context) {
          const opened = await (connect === undefined ? real.connect(context) : connect(real, context, kept));
          return connection === undefined ? opened : connection(opened as WholeConnection, kept);
        },
      };
      return wrap === undefined ? connector : wrap(connector, options);
    },
    classify(error: unknown): ErrorInfo {
      const info = referenceDriver.classify(error);
      return classify === undefined ? info : classify(error, info);
    },
  });
  return { name, caughtBy, driver };
}
