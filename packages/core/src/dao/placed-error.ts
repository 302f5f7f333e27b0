import { ConfigurationError, InvalidCursorError, isMdbError, ParameterError, ValueError } from "../errors/index.ts";
import type { DatabaseContext } from "../session/index.ts";

/** Where a DAO works. */
interface Place {
  readonly context: Pick<DatabaseContext, "database" | "engine">;
  /** Both and the table, as a message begins. */
  readonly place: string;
  /** The table's name as messages have it. */
  readonly table: string;
}

/** An error about what a DAO was given, with the label and the table: what checks filters, keys and entities knows neither. Any other as it is. */
export function placedError(error: unknown, { context, place, table }: Place): unknown {
  if (!isMdbError(error) || error.database !== undefined) return error;
  const { database, engine } = context;
  const subject = [`${place}: `, `table ${table}: `, `${table}: `].find((it) => error.message.startsWith(it)) ?? "";
  const message = `${place}: ${error.message.slice(subject.length)}`;
  const facts = { database, engine, cause: error.cause };
  if (error instanceof ParameterError) return new ParameterError(message, { ...facts, parameters: error.parameters });
  if (error instanceof ConfigurationError) return new ConfigurationError(message, { ...facts, key: error.key });
  if (error instanceof ValueError) return new ValueError(message, facts);
  return error instanceof InvalidCursorError ? new InvalidCursorError(message, facts) : error;
}
