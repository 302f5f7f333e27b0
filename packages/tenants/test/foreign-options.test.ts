import { postgres, postgresDriver } from "@nsj/mdb-adapter-postgres";
import { expect, it } from "vitest";
import { tenants } from "../src/index.ts";

const options = { driver: postgresDriver, resolve: () => postgres({}) };

it.each([
  ["connectionLimit", 'did you mean "connections"? (of all tenants together'],
  ["poolSize", 'did you mean "connections"?'],
  ["pool", "it belongs into the definition of a place"],
  ["host", "it belongs into the definition of a place"],
  ["schema", "it belongs into a place"],
  ["queueLimit", 'did you mean "perTenant.waiting"?'],
  ["statementTimeoutMs", 'did you mean "perTenant.statementTimeoutMs"?'],
  ["getTenant", 'did you mean "resolve"?'],
  ["tenants", 'did you mean "list"?'],
  ["maxPools", 'did you mean "open"?'],
  ["idleTimeoutMillis", 'did you mean "idleMs"?'],
  ["ttl", 'did you mean "refreshMs"?'],
  ["conections", 'did you mean "connections"?'],
])("an option that people bring along is refused with what to write for tenants: %s", (theirs, ours) => {
  expect(() => tenants({ ...options, [theirs]: 1 })).toThrow(`tenants: unknown option "${theirs}"; `);
  expect(() => tenants({ ...options, [theirs]: 1 })).toThrow(ours);
});
