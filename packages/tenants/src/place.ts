import { ConfigurationError, type DatabaseDefinition, type SessionContext } from "@nsj/mdb-core";

/** Bounds for one tenant, in place of those for each. */
export interface TenantLimits {
  /** Connections at a time. */
  readonly connections?: number;
  /** Callers that wait for one. */
  readonly waiting?: number;
}

/** What may stand beside a place. */
export interface PlaceFacts {
  /** Two places of the same version are the same place, whatever else they say. */
  readonly version?: string | number;
  readonly limits?: TenantLimits;
}

/** A database of the tenant's own, with bounds or a version of its own; a bare definition where it has neither. */
export interface OwnPlace extends PlaceFacts {
  readonly database: DatabaseDefinition;
}

/** A part of a database that many tenants share: the pool of another label, and what tells this tenant apart there. */
export interface SharedPlace extends PlaceFacts, SessionContext {
  /** The label whose pool it is. */
  readonly on: string;
}

/** Nowhere, for now. */
export interface UnavailablePlace {
  /** A word that says why: `"moving"`, `"suspended"`. */
  readonly unavailable: string;
  /** After this time it makes sense to ask again, in milliseconds. */
  readonly retryAfterMs?: number;
}

/** Where a tenant's data lives. */
export type Place = DatabaseDefinition | OwnPlace | SharedPlace | UnavailablePlace;

const sharedKeys = new Set(["on", "schema", "settings", "role", "clientId", "version", "limits"]);
const ownKeys = new Set(["database", "version", "limits"]);

/** A place that data can be at, checked. */
export type OpenPlace =
  | { readonly kind: "own"; readonly definition: DatabaseDefinition; readonly facts: PlaceFacts }
  | { readonly kind: "shared"; readonly on: string; readonly context: SessionContext; readonly facts: PlaceFacts };

/**
 * Reads what a resolver gave.
 * @throws ConfigurationError that names what is wrong with it
 */
export function readPlace(place: unknown, what: string, engine: string): OpenPlace | UnavailablePlace {
  if (typeof place !== "object" || place === null) throw wrong(what, "is no object");
  if ("unavailable" in place) {
    const { unavailable } = place as UnavailablePlace;
    if (typeof unavailable !== "string") throw wrong(what, 'has "unavailable", which must be a word that says why');
    return place as UnavailablePlace;
  }
  if ("on" in place) return readShared(place as SharedPlace, what);
  const own: OwnPlace = "database" in place ? (place as OwnPlace) : { database: place as DatabaseDefinition };
  if ("database" in place) refuseOthers(place, ownKeys, what);
  const { database, ...facts } = own;
  if (typeof database !== "object" || database === null || typeof database.engine !== "string") {
    throw wrong(what, "must be what an adapter's factory gives, { on: label, ... }, or { unavailable: ... }");
  }
  if (database.engine !== engine) {
    throw wrong(
      what,
      `is of the engine "${database.engine}", and all tenants of one label are of one engine: ${engine}`,
    );
  }
  return { kind: "own", definition: database, facts };
}

function readShared(place: SharedPlace, what: string): OpenPlace {
  refuseOthers(place, sharedKeys, what);
  const { on, schema, settings, role, clientId, ...facts } = place;
  if (typeof on !== "string") throw wrong(what, 'has "on", which must be a label');
  for (const [key, value] of Object.entries({ schema, role, clientId })) {
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw wrong(what, `has "${key}", which must be a text that is not empty`);
    }
  }
  for (const [name, value] of Object.entries(settings ?? {})) {
    if (typeof value !== "string") throw wrong(what, `has the setting "${name}", whose value must be a text`);
  }
  const given = { schema, settings: settings && Object.freeze({ ...settings }), role, clientId };
  const context = Object.freeze(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  return { kind: "shared", on, context, facts };
}

function refuseOthers(place: object, known: ReadonlySet<string>, what: string): void {
  const other = Object.keys(place).find((key) => !known.has(key));
  if (other !== undefined) throw wrong(what, `has "${other}", which is not known; there are ${[...known].join(", ")}`);
}

function wrong(what: string, problem: string): ConfigurationError {
  return new ConfigurationError(`${what}: its place ${problem}`);
}
