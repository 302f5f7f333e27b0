import { createRequire } from "node:module";

/** Where the drivers have the method that their own instrumentations wrap: a file of theirs, and a way to it in what that exports. */
const wrapped: Readonly<
  Record<string, { readonly file: RegExp; readonly path: readonly string[]; readonly by: string }>
> = {
  postgres: {
    file: /[\\/]pg[\\/]lib[\\/]client\.js$/,
    path: ["prototype", "query"],
    by: "@opentelemetry/instrumentation-pg",
  },
  mysql: {
    file: /[\\/]mysql2[\\/]lib[\\/](?:base[\\/])?connection\.js$/,
    path: ["prototype", "query"],
    by: "@opentelemetry/instrumentation-mysql2",
  },
  mssql: {
    file: /[\\/]tedious[\\/]lib[\\/]connection\.js$/,
    path: ["default", "prototype", "execSql"],
    by: "@opentelemetry/instrumentation-tedious",
  },
  oracle: {
    file: /[\\/]oracledb[\\/]lib[\\/]connection\.js$/,
    path: ["prototype", "execute"],
    by: "@opentelemetry/instrumentation-oracledb",
  },
};

const looked = new Set<string>();

/** Warns once for each engine whose driver is instrumented too: each statement would have two spans. */
export function warnOfSecondInstrumentation(engine: string): void {
  const name = engine === "mariadb" ? "mysql" : engine;
  if (looked.has(name)) return;
  looked.add(name);
  const place = wrapped[name];
  if (place === undefined) return;
  for (const [file, module] of Object.entries(createRequire(`${process.cwd()}/`).cache)) {
    if (!place.file.test(file) || !isWrapped(module?.exports, place.path)) continue;
    process.emitWarning(
      `@nsj/mdb-opentelemetry: the driver of "${engine}" is instrumented by ${place.by} as well, so each statement has two spans; leave one of them out`,
      { code: "MDB_INSTRUMENTED_TWICE" },
    );
    return;
  }
}

/** The mark that OpenTelemetry's instrumentations leave on what they wrap. */
function isWrapped(exported: unknown, path: readonly string[]): boolean {
  let at: unknown = exported;
  for (const key of path) at = (at as Readonly<Record<string, unknown>> | undefined)?.[key];
  return typeof at === "function" && "__original" in at;
}
