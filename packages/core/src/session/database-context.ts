import type {
  Capabilities,
  Clock,
  ConnectionTarget,
  DialectFacts,
  ErrorInfo,
  ErrorPlace,
  ServerCapability,
} from "../driver/index.ts";
import type { MdbError } from "../errors/index.ts";
import type { LeasePool } from "../pool/index.ts";
import type { RowMappers } from "../types/index.ts";
import type { Lending } from "./lending.ts";
import type { Pipelining } from "./pipelining/pipelining.ts";
import type { Tally } from "./tally.ts";

/** What sessions and transactions know of their database. Made once per label. */
export interface DatabaseContext extends RowMappers {
  /** Stands for the database in the tree of scopes. Lives as long as its label, whatever is registered under it. */
  readonly identity: object;
  /** Which of the databases behind one label it is; `undefined` where there is one. */
  readonly key?: string | undefined;
  /** The group that metrics count it in, for events. */
  readonly group?: string | undefined;
  /** Stands for many databases, one of which each call means; it has no connections itself. */
  readonly isRouted?: boolean | undefined;
  /** Why the calling code must not use what belongs to this database; `undefined` where it may. */
  readonly refusal?: (() => MdbError | undefined) | undefined;
  /** The door for helpers of tests; `undefined` where what stands behind the label has no pool of its own. */
  readonly lending: Lending | undefined;
  /** The label whose connections it uses, where they are another database's: only what goes through core has its context there. */
  readonly sharedWith?: string | undefined;
  /** What its manager counts, for events. */
  readonly tally: Tally;
  /** What is sent by it is the library's own traffic, for events. */
  readonly isInternal?: boolean | undefined;
  /** The label. */
  readonly database: string;
  readonly engine: string;
  readonly target: ConnectionTarget;
  readonly dialect: DialectFacts;
  /** To be read anew at each use: the first connection may narrow them. */
  readonly capabilities: Capabilities;
  /** Whether the server may turn out to lack one of these by the first connection. */
  mayLack(one: ServerCapability): boolean;
  /** To be read anew at each use: something else may stand in for it; see {@link lending}. */
  readonly pool: LeasePool;
  /** The database lives in its one connection: cutting that would lose it. */
  readonly permanent: boolean;
  /** How long something may stand still before a call that waits for it is refused, in milliseconds. */
  readonly patienceMs: number;
  /** How long the hooks of a transaction are waited for, in milliseconds. */
  readonly hookTimeoutMs: number;
  /** How long a server is asked what became of a lost COMMIT, in milliseconds. */
  readonly outcomeTimeoutMs: number;
  /** Present where independent reads share connections. To be read anew at each use, as the pool is. */
  readonly pipelining: Pipelining | undefined;
  readonly clock: Clock;
  /** A number from 0 to below 1, for back-off. */
  readonly random: () => number;
  /** `Infinity` when there is no limit. */
  readonly statementTimeoutMs: number;
  classify(error: unknown): ErrorInfo;
}

/** Where something happened, for an error. */
export function placeOf(context: DatabaseContext, statement?: string): ErrorPlace {
  return { database: context.database, engine: context.engine, target: context.target, statement };
}

/** The label of the database in which its branches are, and recovery finds them. */
export function branchLabelOf({ database, sharedWith }: DatabaseContext): string {
  return sharedWith ?? database;
}

/** Whether it is one of many behind its label and shares nobody's pool: its branches are in a database that no label names. */
export function isMemberAlone({ key, sharedWith }: DatabaseContext): boolean {
  return key !== undefined && sharedWith === undefined;
}

/** How recovery names the database in which its branches are: by label, and by key where that stands for many. */
export function branchNameOf(context: DatabaseContext): { readonly label: string; readonly key?: string } {
  const label = branchLabelOf(context);
  return isMemberAlone(context) && context.key !== undefined ? { label, key: context.key } : { label };
}

/** `orders (postgres)`: how every message begins. */
export function nameOf(context: { readonly database: string; readonly engine: string }): string {
  return `${context.database} (${context.engine})`;
}
