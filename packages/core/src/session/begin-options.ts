import type { BeginOptions } from "../driver/index.ts";
import { ConfigurationError, UnsupportedError } from "../errors/index.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";
import type { SessionOptions } from "./transaction-options.ts";

/**
 * What the driver is asked to begin with.
 * @throws UnsupportedError for an option that the engine lacks, ConfigurationError for `verifyOutcome` there: none is ignored
 */
export function beginOptions(context: DatabaseContext, options: SessionOptions): BeginOptions {
  const { isolation, readOnly, deferrable } = options;
  const { capabilities } = context;
  if (isolation !== undefined && !capabilities.isolation.includes(isolation)) {
    const levels = capabilities.isolation.join(", ") || "none to choose from";
    throw lacking(context, `isolation level "${isolation}"; it has ${levels}`);
  }
  if (readOnly === true && !capabilities.readOnlyTransactions) throw lacking(context, "read-only transactions");
  if (deferrable === true && !capabilities.deferrableTransactions) throw lacking(context, "deferrable transactions");
  refuseWithoutFates(context, options);
  return {
    ...(options.verifyOutcome === true && { traceable: true }),
    ...(isolation !== undefined && { isolation }),
    ...(readOnly !== undefined && { readOnly }),
    ...(deferrable !== undefined && { deferrable }),
  };
}

/** @throws ConfigurationError where nobody could tell what became of a lost COMMIT */
export function refuseWithoutFates(context: DatabaseContext, { verifyOutcome }: SessionOptions): void {
  if (verifyOutcome !== true || context.capabilities.fates === true) return;
  const { database, engine } = context;
  const message = `${nameOf(context)}: "verifyOutcome" cannot be kept: the engine does not tell what became of a transaction (capabilities.fates)`;
  throw new ConfigurationError(message, { key: "verifyOutcome", database, engine });
}

function lacking(context: DatabaseContext, what: string): UnsupportedError {
  const { database, engine } = context;
  return new UnsupportedError(`${nameOf(context)}: the engine has no ${what}`, { database, engine });
}
