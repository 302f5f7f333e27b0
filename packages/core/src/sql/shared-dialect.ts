import type { DialectFacts } from "../driver/index.ts";

const sharedOf = new WeakMap<DialectFacts, DialectFacts>();
const byFacts = new Map<string, DialectFacts>();

/**
 * The one object that stands for all dialects with the same facts. Each database has a dialect of its own; by this, a hundred databases
 * of one engine share what was read of a text, instead of keeping it a hundred times.
 */
export function sharedDialect(dialect: DialectFacts): DialectFacts {
  const shared = sharedOf.get(dialect);
  if (shared !== undefined) return shared;
  const facts = JSON.stringify(Object.entries(dialect).sort());
  const first = byFacts.get(facts) ?? dialect;
  byFacts.set(facts, first);
  sharedOf.set(dialect, first);
  return first;
}
