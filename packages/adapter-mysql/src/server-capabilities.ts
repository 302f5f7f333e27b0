import { type Capabilities, ConfigurationError, type ServerCapabilities } from "@nsj/mdb-core";
import { lossyLevels } from "./dialect.ts";
import type { ServerFacts } from "./server-facts.ts";
import type { Flavor, Settings } from "./settings.ts";

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
const keepsBranches = (version: string): boolean => isFrom(version, 10, 5, 2);

/** DAOs are written before anything connects, so a server that has no INSERT ... RETURNING has to be announced. @throws ConfigurationError */
export function checkReturning({ flavor, lacks }: Settings, version: string): void {
  if (flavor !== "mariadb" || lacks.includes("returning") || isFrom(version, 10, 5, 0)) return;
  const found = version.slice(0, 60);
  throw new ConfigurationError(
    `mariadb: the server (${found}) is older than 10.5 and has no INSERT ... RETURNING, which DAOs use; say lacks: ["returning"]`,
    { key: "lacks" },
  );
}

function isFrom(version: string, major: number, minor: number, patch: number): boolean {
  const [first = 0, second = 0, third = 0] = version.split(/[.-]/).map(Number);
  if (first !== major) return first > major;
  return second === minor ? third >= patch : second > minor;
}
