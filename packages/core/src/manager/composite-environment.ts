import { systemClock } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { internalsOf } from "../session/index.ts";
import { checkTypeOptions } from "../types/index.ts";
import { compareDefinitions } from "./compare-definitions.ts";
import type { CompositeEnvironment } from "./composite.ts";
import { definitionParts } from "./definitions.ts";
import { type ManagedEnvironment, openDatabase } from "./open-database.ts";
import { routedContext } from "./routed-context.ts";
import { sharedMember } from "./shared-member.ts";

/** What core does for the composite under one label. */
export function compositeEnvironment(
  label: string,
  environment: ManagedEnvironment,
  identity: object,
): CompositeEnvironment {
  let common: Pick<Parameters<CompositeEnvironment["routed"]>[2], "statementTimeoutMs" | "types"> = {};
  return {
    clock: environment.clock ?? systemClock,
    random: environment.random ?? Math.random,
    routed(driver, router, options) {
      common = options;
      return { context: routedContext(label, driver, options, router, environment, identity), router };
    },
    member(definition, options) {
      const { databaseOptions } = definitionParts(definition);
      if ((databaseOptions.pool?.min ?? 0) > 0) {
        throw refused(label, "pool.min", "would hold connections that others need; leave it at 0");
      }
      if (databaseOptions.types !== undefined) {
        throw refused(label, "types", "are the same for all databases behind one label; give them there");
      }
      return openDatabase(label, definition, environment, {
        identity,
        statementTimeoutMs: common.statementTimeoutMs,
        types: common.types,
        ...options,
      });
    },
    compare: compareDefinitions,
    passwordOf(definition) {
      const { password } = definitionParts(definition).driverOptions as { readonly password?: unknown };
      return typeof password === "function" ? (password as () => unknown) : undefined;
    },
    addressOf(database) {
      return internalsOf(database)?.context.target.address ?? "";
    },
    sharedMember(pool, options) {
      const internals = internalsOf(pool);
      if (internals === undefined) throw new TypeError("the pool of a shared member must be that of a database");
      return sharedMember(internals.context, options, {
        label,
        identity,
        statementTimeoutMs: common.statementTimeoutMs,
        types: checkTypeOptions(common.types ?? {}, label),
      });
    },
  };
}

function refused(label: string, key: string, why: string): ConfigurationError {
  return new ConfigurationError(`${label}: "${key}" of one of the databases behind this label ${why}`, {
    database: label,
    key,
  });
}
