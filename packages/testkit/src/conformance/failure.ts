import type { Connector, DriverConnection, OperationContext, ParameterValue, ResultSet } from "@nsj/mdb-core";

/** How to fail in a way that the suite cannot bring about by itself. See `EngineSql.failures`. */
export type Failure = readonly string[] | ((bench: FailureBench) => Promise<unknown>);

/** What a function that brings about a failure works with. Everything that it opens here is closed after the case, whatever became of it. */
export interface FailureBench {
  /** The options of the subject. */
  options(): object;
  /** A connector with other options. */
  newConnector(options: object): Connector;
  /** One connection; by the subject's own connector when absent. */
  connect(connector?: Connector, context?: OperationContext): Promise<DriverConnection>;
  /** Creates a table through the connection and gives its name; it is dropped after the case. */
  table(connection: DriverConnection, columns: string): Promise<string>;
  /** Runs a statement whose every `?` stands for a parameter. */
  run(connection: DriverConnection, text: string, ...values: readonly ParameterValue[]): Promise<ResultSet>;
}
