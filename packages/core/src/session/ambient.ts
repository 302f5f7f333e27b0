import { AsyncLocalStorage } from "node:async_hooks";
import type { Holder } from "../pool/index.ts";
import type { Participation } from "./participation.ts";

/**
 * One ring of the async context: what a transaction, a suspension or a session callback adds to the context around it. The rings
 * of all databases form one chain, so a transaction of a second database inside one of the first still sees the first.
 */
export interface AmbientScope {
  readonly parent: AmbientScope | undefined;
  /** The database it speaks of, by identity; `undefined` for a ring that only says who holds connections. */
  readonly database: object | undefined;
  /** What statements on that database join; `undefined` when a transaction is suspended here. */
  readonly participation: Participation | undefined;
  /** Who holds, or waits for, connections in this context. */
  readonly holder: Holder;
}

const storage = new AsyncLocalStorage<AmbientScope | undefined>();

/** The innermost ring of the calling context. */
export function currentScope(): AmbientScope | undefined {
  return storage.getStore();
}

/** Runs `work` with `scope` as its innermost ring; `undefined` leaves every ring. */
export function runInScope<R>(scope: AmbientScope | undefined, work: () => R): R {
  return storage.run(scope, work);
}

/** What statements on `database` join in the calling context. */
export function ambientParticipation(database: object): Participation | undefined {
  for (let scope = storage.getStore(); scope !== undefined; scope = scope.parent) {
    if (scope.database === database) return scope.participation;
  }
  return undefined;
}
