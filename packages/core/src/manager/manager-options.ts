import { checkOptions } from "../driver/index.ts";
import { ConfigurationError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import type { RecoveryOptions } from "../session/index.ts";
import type { AnyDriver } from "./configuration.ts";
import type { Environment } from "./open-database.ts";

/** What a manager takes beside its databases. */
export interface ManagerOptions extends Environment {
  /** Drivers for databases that are described by data or URL; not needed for what an adapter's factory gives. */
  readonly drivers?: readonly AnyDriver[];
  /** How it looks after what transactions over several databases have left. */
  readonly recovery?: RecoveryOptions;
}

/** @throws ConfigurationError for an option that does not exist, and for drivers that are none */
export function checkManagerOptions(options: unknown): asserts options is ManagerOptions {
  checkOptions<ManagerOptions>("the manager", options, {
    drivers: { type: "any" },
    recovery: { type: "object" },
    clock: { type: "object" },
    random: { type: "function" },
  });
  const { drivers = [] } = options;
  const fail = (found: string): ConfigurationError =>
    new ConfigurationError(
      `the manager: option "drivers" must be a list of the drivers that adapters export beside their factories${found}`,
      { key: "drivers" },
    );
  if (!Array.isArray(drivers)) throw fail(`, not ${kindInWords(drivers)}`);
  const odd = drivers.findIndex((it) => !isDriver(it));
  if (odd >= 0) throw fail(`; its item ${odd} is ${kindInWords(drivers[odd])}`);
}

function isDriver(value: unknown): value is AnyDriver {
  const { name, schemes, optionKeys, parseUrl } = (value ?? {}) as Partial<AnyDriver>;
  return (
    typeof name === "string" && Array.isArray(schemes) && Array.isArray(optionKeys) && typeof parseUrl === "function"
  );
}
