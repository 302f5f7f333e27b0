import { ConfigurationError } from "../errors/index.ts";
import { checkPoolOptionRules } from "./option-rules.ts";
import { type CheckedPoolOptions, type PoolOptions, poolDefaults } from "./options.ts";

/**
 * Checks pool options and fills in the defaults.
 *
 * @param label - the database's label, for messages
 * @throws ConfigurationError that names the key (`pool.max`), what was found and what would be right
 */
export function checkPoolOptions(options: PoolOptions | undefined, label: string): CheckedPoolOptions {
  const given = checkPoolOptionRules(options ?? {}, label);
  const checked: CheckedPoolOptions = {
    ...poolDefaults,
    ...given,
    backoff: Object.freeze({ ...poolDefaults.backoff, ...given.backoff }),
  };
  if (checked.min > checked.max) {
    throw new ConfigurationError(
      `${label}: option "pool.min" must be at most pool.max (${checked.max}), not ${checked.min}`,
      { key: "pool.min", database: label },
    );
  }
  return Object.freeze(checked);
}
