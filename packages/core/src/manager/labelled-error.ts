import type { Driver } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";

/** Puts the label and the engine before the message of a configuration error from further inside. */
export function labelled<T>(label: string, driver: Driver, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw labelledError(label, driver, error);
  }
}

/** The error that {@link labelled} throws; any but a configuration error as it is. */
export function labelledError(label: string, { name }: Driver, error: unknown): unknown {
  if (!(error instanceof ConfigurationError) || error.database !== undefined) return error;
  const { message, key, cause } = error;
  const facts = { database: label, engine: name, key, cause };
  return new ConfigurationError(`${label} (${name}): ${withoutSubject(message, label, name)}`, facts);
}

/** `orders: unknown option` and `postgres: unknown option` both become `unknown option`. */
function withoutSubject(message: string, ...subjects: readonly string[]): string {
  const subject = subjects.find((it) => message.startsWith(`${it}: `));
  return subject === undefined ? message : message.slice(subject.length + 2);
}
