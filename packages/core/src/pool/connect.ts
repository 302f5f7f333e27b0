import { type DriverConnection, type OperationContext, translateError } from "../driver/index.ts";
import { traced } from "../internal/traced.ts";
import { classifySafely } from "./classify-safely.ts";
import type { ConnectionSource } from "./connection-source.ts";
import { connectChannel, poolPlace } from "./diagnostics.ts";

/** Opens a connection, and tells those who trace that. Rejects with the driver's own error. */
export async function connect(source: ConnectionSource, context: OperationContext): Promise<DriverConnection> {
  if (!connectChannel.hasSubscribers) return source.connect(context);
  const { label: database, engine, target } = source;
  let native: unknown;
  try {
    return await traced(connectChannel, { ...poolPlace(source), address: target.address, target }, async () => {
      try {
        return await source.connect(context);
      } catch (error) {
        native = error;
        // Subscribers see what a caller would see.
        throw translateError(error, classifySafely(source, error), { database, engine, target });
      }
    });
  } catch (error) {
    throw native ?? error;
  }
}
