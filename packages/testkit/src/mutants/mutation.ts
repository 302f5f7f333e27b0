import type {
  Connector,
  ConnectorEnvironment,
  Driver,
  DriverConnection,
  ErrorInfo,
  OperationContext,
} from "@nsj/mdb-core";

/** A connection of which every member is there that is asked for. */
export type WholeConnection = Required<DriverConnection>;

/** What is changed in a driver. */
export interface Mutation<Options extends object> {
  /** Wraps each connection. */
  readonly connection?: (inner: WholeConnection, options: Options) => DriverConnection;
  /** Takes the place of `connector.connect`. */
  readonly connect?: (connector: Connector, context: OperationContext, options: Options) => Promise<DriverConnection>;
  /** Wraps each connector. The options are the caller's own object. */
  readonly connector?: (connector: Connector, options: Options) => Connector;
  /** Looks at the options before the driver checks them. */
  readonly options?: (options: Options) => Options;
  readonly classify?: (error: unknown, info: ErrorInfo) => ErrorInfo;
  /** Other facts: dialect, capabilities, `parseUrl`. */
  readonly driver?: Partial<Driver<Options>>;
}

/** A driver with one change. */
export function mutated<Options extends object>(
  driver: Driver<Options>,
  { connection, connect, connector: wrap, options: look, classify, driver: facts }: Mutation<Options>,
): Driver<Options> {
  return Object.freeze({
    ...driver,
    ...facts,
    connector(given: Options, environment?: ConnectorEnvironment): Connector {
      const options = look === undefined ? given : look(given);
      const real = driver.connector(options, environment);
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
      const info = driver.classify(error);
      return classify === undefined ? info : classify(error, info);
    },
  });
}
