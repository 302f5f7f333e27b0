import { checkOptions, type OptionRule, type OptionRules } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import type { BackoffOptions, ControlledDelay, PoolOptions } from "./options.ts";

/** A number with a range: what to say of it, and which values are inside. */
interface NumberRule extends OptionRule {
  readonly says: string;
  readonly holds: (value: number) => boolean;
}

const counted: NumberRule = {
  type: "any",
  says: "an integer of at least 1",
  holds: (n) => Number.isSafeInteger(n) && n >= 1,
};
const countedFromZero: NumberRule = {
  type: "any",
  says: "an integer of at least 0",
  holds: (n) => Number.isSafeInteger(n) && n >= 0,
};
const countedOrEndless: NumberRule = {
  type: "any",
  says: "an integer of at least 1, or Infinity",
  holds: (n) => n === Number.POSITIVE_INFINITY || counted.holds(n),
};
const limited: NumberRule = {
  type: "any",
  says: "a finite number of milliseconds above 0",
  holds: (n) => Number.isFinite(n) && n > 0,
};
const limitedFromZero: NumberRule = {
  type: "any",
  says: "a finite number of milliseconds of at least 0",
  holds: (n) => Number.isFinite(n) && n >= 0,
};
const endless: NumberRule = {
  type: "any",
  says: "a number of milliseconds above 0, or Infinity for never",
  holds: (n) => n > 0,
};
const endlessFromZero: NumberRule = {
  type: "any",
  says: "a number of milliseconds of at least 0, or Infinity for never",
  holds: (n) => n >= 0,
};
const share: NumberRule = { type: "any", says: "a number from 0 to 1", holds: (n) => n >= 0 && n <= 1 };

const poolRules: OptionRules<PoolOptions> = {
  max: counted,
  min: countedFromZero,
  acquireTimeoutMs: limited,
  connectTimeoutMs: limited,
  idleTimeoutMs: endless,
  maxLifetimeMs: endless,
  lifetimeJitter: share,
  maxUses: countedOrEndless,
  validateAfterIdleMs: endlessFromZero,
  validateTimeoutMs: limited,
  keepaliveMs: endless,
  reset: { type: "string", oneOf: ["auto", "always"] },
  deadlockPatienceMs: endless,
  maxQueue: counted,
  backoff: { type: "object" },
  failFastAfter: counted,
  shedding: { type: ["string", "object"], oneOf: ["deadline", "off"] },
  leakDetectionMs: limitedFromZero,
  holdLimitMs: limitedFromZero,
  closeTimeoutMs: limited,
  drainTimeoutMs: limitedFromZero,
  keepProcessAlive: { type: "boolean" },
};

const backoffRules: OptionRules<BackoffOptions> = {
  initialMs: limited,
  maxMs: limited,
  authenticationInitialMs: limited,
  authenticationMaxMs: limited,
};

const delayRules: OptionRules<ControlledDelay> = {
  targetMs: { ...limited, required: true },
  intervalMs: { ...limited, required: true },
};

/**
 * Gives a copy of what the user wrote, without the keys that are `undefined`.
 * @throws ConfigurationError naming the key, what was found and what would be right
 */
export function checkPoolOptionRules(options: PoolOptions, label: string): PoolOptions {
  const given = check(label, options, poolRules, "pool.");
  const { backoff, shedding } = given;
  return {
    ...given,
    ...(backoff !== undefined && { backoff: check(label, backoff, backoffRules, "pool.backoff.") }),
    ...(typeof shedding === "object" && {
      shedding: Object.freeze(check(label, shedding, delayRules, "pool.shedding.")),
    }),
  };
}

function check<Options extends object>(
  label: string,
  options: Options,
  rules: OptionRules<Options>,
  path: string,
): Options {
  checkOptions(label, options, rules, path);
  const given: [string, unknown][] = [];
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    checkNumber(label, path + key, value, rules[key as keyof Options & string]);
    given.push([key, value]);
  }
  return Object.fromEntries(given) as Options;
}

function checkNumber(label: string, key: string, value: unknown, rule: OptionRule | NumberRule): void {
  if (!("holds" in rule) || (typeof value === "number" && rule.holds(value))) return;
  const found = typeof value === "number" ? String(value) : kindInWords(value);
  throw new ConfigurationError(`${label}: option "${key}" must be ${rule.says}, not ${found}`, {
    key,
    database: label,
  });
}
