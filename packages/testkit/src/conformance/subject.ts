import type { Driver } from "@nsj/mdb-core";
import type { Admin } from "./admin.ts";
import type { EngineSql } from "./engine-sql.ts";
import type { TypeNames } from "./type-names.ts";

/**
 * What an adapter hands to the suite. Only what cannot be known from `driver.capabilities` and `driver.dialect` is asked for, and
 * every optional member that is absent makes the cases that need it skip, with that member's name as the reason.
 *
 * The functions are called while the tests run, never at registration, so servers may be started in a hook before.
 */
export interface Subject<Options extends object = object> {
  readonly driver: Driver<Options>;
  /**
   * Options that connect, with the right to create and drop tables. Called anew for each connector; each result must reach the same
   * data (where `maxConnections` is not 1).
   */
  options(): Options;
  /** How the types of the contract are called here. */
  readonly types: TypeNames;
  /** SQL that cannot be written the same way for every engine. */
  readonly sql: EngineSql;
  /** An independent client of the server. Opened once, at the first case that needs it. Absent for an embedded engine. */
  readonly admin?: () => Promise<Admin>;
  /** The admin client can restart the server. Leave it out where others use the same server. Default false. */
  readonly canRestart?: boolean;
  /** Where the server listens, so that the fault proxy can sit between. Absent for an embedded engine. */
  readonly network?: Network<Options>;
  /** A URL for the same database as `options()`. */
  readonly url?: () => string;
  /** The password in `options()`: it must appear nowhere. */
  readonly secret?: () => string;
  /** Options that are wrong in one respect. */
  readonly wrong?: WrongOptions<Options>;
  /** Options for an encrypted connection. */
  readonly tls?: TlsOptions<Options>;
  /** The version of the adapter, and of what it stands on, for the report: `"0.3.0 on pg 8.23"`. */
  readonly driverVersion?: string;
  /** What the engine does that no capability speaks of. */
  readonly traits?: Traits;
  /** How long the suite waits for anything before it calls it hung, in milliseconds. Default 15 000. */
  readonly patienceMs?: number;
  /** The longest that one case may take, in milliseconds. Default 60 000; a hung driver is what it is for. */
  readonly timeoutMs?: number;
}

/** See {@link Subject.network}. */
export interface Network<Options extends object = object> {
  /** The server's own address. */
  address(): NetworkAddress;
  /** `Subject.options()` with this address in place of the server's. */
  optionsAt(address: NetworkAddress): Options;
}

/** A TCP address. */
export interface NetworkAddress {
  readonly host: string;
  readonly port: number;
}

/** See {@link Subject.wrong}. */
export interface WrongOptions<Options extends object = object> {
  /** The right user with a wrong password. */
  password?(): Options;
  /** A database, service or file that does not exist. */
  database?(): Options;
}

/** See {@link Subject.tls}. */
export interface TlsOptions<Options extends object = object> {
  /** Encrypts, and trusts the server's certificate. */
  trusted(): Options;
  /** Encrypts, checks the certificate, and has no reason to trust it. */
  untrusted?(): Options;
}

/** See {@link Subject.traits}. */
export interface Traits {
  /** Two open transactions can write to different rows of one table at the same time. Default true. */
  readonly concurrentWrites?: boolean;
  /**
   * Who would write what another open transaction has written waits for that one's end. `false` where he is refused at once, as engines of optimistic
   * concurrency do. Default true.
   */
  readonly waitsForLocks?: boolean;
  /** A string that does not look like a number is refused by an integer column. Default true. */
  readonly strictTypes?: boolean;
  /** Digits of a second's fraction that a `timestamp` column keeps. Default 6. */
  readonly timestampDigits?: number;
  /** The instants that a `timestamptz` column holds, where it cannot hold the years 1 to 9999: the first and the last one. */
  readonly instants?: { readonly from: Date; readonly to: Date };
}
