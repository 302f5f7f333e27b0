import type { ArgumentsHost, InjectionToken, ModuleMetadata, OptionalFactoryDependency } from "@nestjs/common";
import { checkOptions, type DatabaseManager, type RegisteredLabel, type SessionOptions } from "@nsj/mdb-core";
import { checkManager, type OnError, type StatusCodes } from "@nsj/mdb-http";

/** What the module takes. */
export interface MdbModuleOptions {
  /** The application's databases. They are closed with the application. */
  readonly databases: DatabaseManager;
  /**
   * How long a shutdown lets requests and other work use the databases, in milliseconds. Then running statements are stopped on the
   * server and rolled back. Default 10 000.
   */
  readonly closeTimeoutMs?: number;
  /** Status codes that differ from the usual ones; `false` leaves errors of the library to the application. */
  readonly statusCodes?: StatusCodes | false;
  /** Takes each error of the library that is answered with 500. By default Nest's `Logger` gets it. */
  readonly onError?: OnError<ArgumentsHost>;
  /** Options of every request's sessions. */
  readonly session?: Omit<SessionOptions, "signal">;
}

/** What the module takes when its options come from other providers. */
export interface MdbModuleAsyncOptions<Dependencies extends readonly unknown[] = readonly never[]> {
  /** Every label of the databases that can be injected: they have to be known before the factory runs. */
  readonly labels: readonly RegisteredLabel[];
  readonly imports?: NonNullable<ModuleMetadata["imports"]>;
  readonly inject?: readonly (InjectionToken | OptionalFactoryDependency)[];
  readonly useFactory: (...dependencies: Dependencies) => MdbModuleOptions | Promise<MdbModuleOptions>;
}

/** @throws ConfigurationError naming the option that is wrong */
export function checkModuleOptions(what: string, options: MdbModuleOptions): MdbModuleOptions {
  checkOptions<MdbModuleOptions>(what, options, {
    databases: { type: "any" },
    closeTimeoutMs: { type: "milliseconds" },
    statusCodes: { type: ["object", "boolean"] },
    onError: { type: "function" },
    session: { type: "object" },
  });
  checkManager(what, options.databases);
  return options;
}

/** @throws ConfigurationError naming the option that is wrong */
export function checkAsyncOptions<Dependencies extends readonly unknown[]>(
  options: MdbModuleAsyncOptions<Dependencies>,
): void {
  checkOptions<MdbModuleAsyncOptions<Dependencies>>("MdbModule.forRootAsync()", options, {
    labels: { type: "string[]", required: true },
    imports: { type: "any" },
    inject: { type: "any" },
    useFactory: { type: "function", required: true },
  });
}
