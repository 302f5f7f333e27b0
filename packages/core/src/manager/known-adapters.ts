/** Which of our packages answers to an engine's name or URL scheme; for the message that tells what to install. */
const packages: Readonly<Record<string, string>> = {
  postgres: "@nsj/mdb-adapter-postgres",
  postgresql: "@nsj/mdb-adapter-postgres",
  pg: "@nsj/mdb-adapter-postgres",
  mssql: "@nsj/mdb-adapter-mssql",
  sqlserver: "@nsj/mdb-adapter-mssql",
  oracle: "@nsj/mdb-adapter-oracle",
  oracledb: "@nsj/mdb-adapter-oracle",
  mysql: "@nsj/mdb-adapter-mysql",
  mysql2: "@nsj/mdb-adapter-mysql",
  mariadb: "@nsj/mdb-adapter-mysql",
  sqlite: "@nsj/mdb-adapter-sqlite",
  sqlite3: "@nsj/mdb-adapter-sqlite",
};

/** What to do about an engine that no given driver answers to. */
export function installHint(engine: string): string {
  const known = engine.toLowerCase();
  const name = Object.hasOwn(packages, known) ? packages[known] : undefined;
  return name === undefined
    ? "install an adapter for it and pass its driver in { drivers: [...] }"
    : `install ${name} and pass its driver in { drivers: [...] }`;
}
