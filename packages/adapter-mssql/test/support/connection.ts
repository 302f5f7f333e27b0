import { performance } from "node:perf_hooks";
import type { Connector, DriverConnection } from "@nsj/mdb-core";
import { afterEach } from "vitest";

/** Opens connections that are closed after the test. */
export function useConnection<Options extends object>(
  connectorFor: (more: Options) => Connector,
): (more?: Options) => Promise<DriverConnection> {
  const open: DriverConnection[] = [];
  afterEach(() => {
    for (const connection of open.splice(0)) connection.destroy();
  });
  return async (more = {} as Options) => {
    const connection = await connectorFor(more).connect({ deadline: performance.now() + 20_000 });
    open.push(connection);
    return connection;
  };
}
