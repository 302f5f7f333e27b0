import { readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Symptom } from "./finding.ts";
import type { Look } from "./look.ts";

/** The driver under an adapter, with the version that the adapter was tried with and asks for at the least. */
export interface TriedDriver {
  readonly adapter: string;
  readonly driver: string;
  readonly tried: string;
}

const mysql2 = { adapter: "@nsj/mdb-adapter-mysql", driver: "mysql2", tried: "3.24.6" } as const;

/** By engine. */
export const triedDrivers: Readonly<Record<string, TriedDriver>> = {
  postgres: { adapter: "@nsj/mdb-adapter-postgres", driver: "pg", tried: "8.23.1" },
  mssql: { adapter: "@nsj/mdb-adapter-mssql", driver: "mssql", tried: "12.7.14" },
  oracle: { adapter: "@nsj/mdb-adapter-oracle", driver: "oracledb", tried: "26.0.0" },
  sqlite: { adapter: "@nsj/mdb-adapter-sqlite", driver: "better-sqlite3", tried: "13.2.0" },
  mysql: mysql2,
  mariadb: mysql2,
};

/** Which version of the driver the application has. @param file - of the application: its packages are looked for from there */
export function driverLook({ adapter, driver, tried }: TriedDriver, file: string): Look {
  return {
    check: "driver",
    unknown: `which version of ${driver} the application uses`,
    needs: "run the doctor where the packages of the application are installed",
    find: async () => {
      const folder = await folderOf(adapter, file);
      const { version } = JSON.parse(
        await readFile(join(await folderOf(driver, join(folder, "package.json")), "package.json"), "utf8"),
      ) as { readonly version: string };
      return versionFindings(driver, version, tried);
    },
  };
}

function versionFindings(driver: string, version: string, tried: string): readonly Symptom[] {
  const check = "driver";
  const order = version.localeCompare(tried, "en", { numeric: true });
  if (order < 0)
    return [
      {
        level: "warning",
        check,
        seen: `${driver} ${version} is older than ${tried}, which the adapter asks for`,
        why: "the adapter uses what this version may not have, and has not been tried with it",
        advice: `let nothing in package.json (overrides, resolutions) hold ${driver} back`,
      },
    ];
  const newer = order > 0 ? `, which is newer than ${tried}: the adapter has not been tried with it` : "";
  return [{ level: "info", check, seen: `the driver is ${driver} ${version}${newer}` }];
}

/** The folder in which a module finds a package, whatever that exports: in `node_modules` beside it, or further up. */
async function folderOf(name: string, file: string): Promise<string> {
  let above = file;
  for (let folder = dirname(file); folder !== above; folder = dirname(folder)) {
    const found = await realpath(join(folder, "node_modules", name, "package.json")).catch(() => undefined);
    if (found !== undefined) return dirname(found);
    above = folder;
  }
  throw new Error(`the package ${name} is not found from ${dirname(file)}`);
}
