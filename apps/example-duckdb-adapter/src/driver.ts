import { DuckDBInstance } from "@duckdb/node-api";
import {
  ConfigurationError,
  type Connector,
  checkOptions,
  type DatabaseDefinition,
  type DatabaseOptions,
  type Driver,
  DriverFault,
  defineDatabase,
} from "@nsj/mdb-core";
import { connectionTo } from "./connection.ts";
import { capabilities, dialect } from "./dialect.ts";
import { classify } from "./errors.ts";

/** What {@link duckdb} takes. */
export interface DuckdbOptions {
  /** The path of the file, or `":memory:"`. */
  readonly filename: string;
}

/** NULLs sort as if they were higher than everything, in both directions: by default they come last in both. */
const settings = Object.freeze({ default_null_order: "nulls_last_on_asc_first_on_desc" });

function checked(options: DuckdbOptions): string {
  checkOptions<DuckdbOptions>("duckdb", options, { filename: { type: "string", required: true } });
  if (options.filename === "" || options.filename.includes("\0")) {
    throw new ConfigurationError('duckdb: option "filename" must be a path or ":memory:"', { key: "filename" });
  }
  return options.filename;
}

/** DuckDB inside of this process. */
export const duckdbDriver: Driver<DuckdbOptions, "duckdb"> = Object.freeze({
  spi: 1,
  name: "duckdb",
  schemes: ["duckdb"],
  optionKeys: ["filename"],
  dialect,
  capabilities,
  connector(options: DuckdbOptions): Connector {
    const filename = checked(options);
    // One instance for all connections: a file can be opened once in a process. In memory it is the database, and stays.
    let instance: Promise<DuckDBInstance> | undefined;
    let open = 0;
    return {
      target: { address: filename },
      async connect({ signal }) {
        if (signal?.aborted === true) throw DriverFault.connectAborted(signal.reason);
        open++;
        instance ??=
          filename === ":memory:"
            ? DuckDBInstance.create(filename, settings)
            : DuckDBInstance.fromCache(filename, settings);
        const release = (): void => {
          open--;
          if (open === 0 && filename !== ":memory:") {
            void instance?.then((it) => it.closeSync());
            instance = undefined;
          }
        };
        try {
          return await connectionTo(await instance, release);
        } catch (error) {
          if (--open === 0 && filename !== ":memory:") instance = undefined;
          throw error;
        }
      },
    };
  },
  parseUrl(url: string) {
    const [, filename] = /^duckdb:(?!\/\/)(.+)$/.exec(url) ?? [];
    if (filename === undefined)
      throw new ConfigurationError("a URL looks like duckdb:path/to/file.db", { key: "connectionString" });
    return { filename };
  },
  classify,
} as const);

/** A database of DuckDB: `duckdb({ filename: "facts.duckdb" })`. */
export function duckdb(options: DuckdbOptions & DatabaseOptions): DatabaseDefinition<"duckdb"> {
  return defineDatabase(duckdbDriver, options);
}
