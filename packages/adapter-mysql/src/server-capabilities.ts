import type { Capabilities, ServerCapabilities } from "@nsj/mdb-core";
import { lossyLevels } from "./dialect.ts";
import type { Flavor } from "./settings.ts";
import type { ServerFacts } from "./setup.ts";

/** What a server lacks of what servers of its family have: told by its version, and by what it answered when the session was set up. */
export function serverCapabilities(
  flavor: Flavor,
  version: string,
  { hasSnapshotIsolation }: ServerFacts,
  { isolation = [] }: Partial<Capabilities>,
): ServerCapabilities | undefined {
  if (flavor !== "mariadb") return undefined;
  const said: ServerCapabilities = {
    ...(hasSnapshotIsolation !== true && { isolation: isolation.filter((it) => isLossy(it)) }),
    ...(!keepsBranches(version) && { branches: "none" }),
  };
  return Object.keys(said).length === 0 ? undefined : Object.freeze(said);
}

const isLossy = (level: string): boolean => (lossyLevels as readonly string[]).includes(level);

/** MariaDB before 10.5.2 rolls back what is prepared when its session ends. */
function keepsBranches(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  return major * 10_000 + minor * 100 + patch >= 100_502;
}
