import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";

/** Which database a statement is made for. */
export interface StatementTarget {
  readonly dialect: DialectFacts;
  /** The label. */
  readonly database: string;
  readonly engine: string;
}

/** Where something is wrong with a parameter, for the message. */
export interface ParameterPlace extends StatementTarget {
  /** The statement's text, where there is one. */
  readonly statement?: string | undefined;
  /** `"row 3"`: which of many sets. */
  readonly set?: string | undefined;
}

/** An error that names the database; `message` must hold no value. */
export function parameterError(
  message: string,
  place: ParameterPlace,
  parameters: readonly string[] = [],
  cause?: unknown,
): ParameterError {
  const set = place.set === undefined ? "" : `${place.set}: `;
  return new ParameterError(`${place.database} (${place.engine}): ${set}${message}`, {
    database: place.database,
    engine: place.engine,
    statement: place.statement,
    parameters,
    cause,
  });
}
