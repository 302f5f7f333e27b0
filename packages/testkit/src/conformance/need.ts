import type { Capabilities, DialectFacts, ErrorKind, Isolation } from "@nsj/mdb-core";
import type { EngineSql } from "./engine-sql.ts";
import type { Subject } from "./subject.ts";
import type { TypeName } from "./type-names.ts";

/** What is known of a subject before a case runs. */
export interface Facts {
  readonly subject: Subject;
  /** The driver's, narrowed by the connector and by what its server says. */
  readonly capabilities: Capabilities;
  readonly dialect: DialectFacts;
}

/** Gives the reason to skip, or `undefined` where the case can run. */
export type Need = (facts: Facts) => string | undefined;

/** The capability is declared, with one of these values where any are given. */
export function capability<Key extends keyof Capabilities>(key: Key, ...values: readonly Capabilities[Key][]): Need {
  return ({ capabilities }) => {
    const value = capabilities[key];
    const there =
      values.length > 0 ? values.includes(value) : value !== false && value !== "none" && value !== undefined;
    return there ? undefined : `capability ${key}: ${JSON.stringify(value)}`;
  };
}

/** The dialect says this. */
export function dialect<Key extends keyof DialectFacts>(key: Key, ...values: readonly DialectFacts[Key][]): Need {
  return ({ dialect: facts }) =>
    values.includes(facts[key]) ? undefined : `dialect ${key}: ${JSON.stringify(facts[key])}`;
}

/** The engine has the type. */
export function type(name: TypeName): Need {
  return ({ subject }) => (subject.types[name] === undefined ? `types.${name}: absent` : undefined);
}

/** The subject supplies this. */
export function supplied(
  name: "admin" | "network" | "url" | "secret" | "wrong" | "tls" | "sql",
  member?: string,
): Need {
  return ({ subject }) => {
    const value = subject[name] as object | undefined;
    if (value === undefined) return `${name}: absent`;
    if (member === undefined || (value as Record<string, unknown>)[member] !== undefined) return undefined;
    return `${name}.${member}: absent`;
  };
}

/** The subject knows this SQL. */
export function snippet(name: keyof EngineSql): Need {
  return supplied("sql", name);
}

/** The subject knows how to fail like this. */
export function failure(kind: ErrorKind): Need {
  return ({ subject }) => (subject.sql.failures?.[kind] === undefined ? `sql.failures.${kind}: absent` : undefined);
}

/** The level is declared. */
export function isolation(level: Isolation): Need {
  return ({ capabilities }) =>
    capabilities.isolation.includes(level) ? undefined : `capability isolation: no ${JSON.stringify(level)}`;
}

/** That many connections reach the same data. */
export function connections(count: number): Need {
  return ({ capabilities: { maxConnections } }) =>
    maxConnections !== undefined && maxConnections < count ? `capability maxConnections: ${maxConnections}` : undefined;
}

/** A write that meets another transaction's waits. */
export const waitsForLocks: Need = ({ subject }) =>
  subject.traits?.waitsForLocks === false ? "traits.waitsForLocks: false" : undefined;

/** Two transactions can write at the same time. */
export const concurrentWrites: Need = ({ subject }) =>
  subject.traits?.concurrentWrites === false ? "traits.concurrentWrites: false" : undefined;

/** The engine checks the type of what it stores. */
export const strictTypes: Need = ({ subject }) =>
  subject.traits?.strictTypes === false ? "traits.strictTypes: false" : undefined;

/** What the cases of prepared branches need. */
export const canPrepare: readonly Need[] = [capability("branches", "at-commit", "from-begin"), connections(2)];
