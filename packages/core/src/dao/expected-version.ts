import { ParameterError } from "../errors/index.ts";

/**
 * The version that a caller expects: `undefined` where they name none.
 *
 * @param named - options or changes, of whatever form
 * @throws ParameterError where they name one that is no version: without it the lock would be gone, and nobody would know
 */
export function expectedVersion(place: string, named: unknown, property: string | undefined): unknown {
  if (property === undefined || typeof named !== "object" || named === null || !Object.hasOwn(named, property)) {
    return undefined;
  }
  const version = (named as Readonly<Record<string, unknown>>)[property];
  if (isVersion(version)) return version;
  const message = `${place}: "${property}" must be the version that was read, an integer; leave it out for a change without a lock`;
  throw new ParameterError(message, { parameters: [property] });
}

/** @throws ParameterError for a version where many rows are changed, whose versions nobody has read */
export function refuseVersion(place: string, changes: unknown, property: string | undefined): void {
  if (expectedVersion(place, changes, property) === undefined) return;
  throw new ParameterError(`${place}: updateBy takes no version; it raises that of each row`);
}

function isVersion(version: unknown): boolean {
  if (typeof version === "string") return /^\d+$/.test(version);
  return typeof version === "bigint" || Number.isSafeInteger(version);
}
