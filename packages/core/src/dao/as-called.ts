import { isPlainObject } from "./plain-object.ts";

/**
 * What a caller gave, as it is now: a call may have to wait before it reads it, for the table's columns or for a transaction, and what the caller
 * does with its object meanwhile belongs to the next call. Values in it are not copied.
 */
export function asCalled<T>(given: T): T {
  try {
    if (Array.isArray(given)) return given.map((it: unknown) => asCalled(it)) as T;
    if (!isPlainObject(given)) return given;
    const copy: T & Record<symbol, unknown> = { ...given };
    // Under symbols a filter has filters.
    for (const symbol of Object.getOwnPropertySymbols(copy)) Object.assign(copy, { [symbol]: asCalled(copy[symbol]) });
    return copy;
  } catch {
    // A property that throws does so where the call can reject.
    return given;
  }
}

/** The same for what a page is asked by, its filter included. */
export function requestAsCalled<T extends { readonly where?: unknown }>(request: T): T {
  const copy = asCalled(request);
  return isPlainObject(copy) && copy !== request && "where" in copy ? { ...copy, where: asCalled(copy.where) } : copy;
}

/** A filter that was left out means every row; one that is `undefined` is refused, as it is everywhere. */
export function filterGiven<F extends object>(given: readonly [filter?: F, ...rest: unknown[]]): F {
  return (given.length === 0 ? {} : given[0]) as F;
}

/** The same for the filter of a page. */
export function whereOf<F extends object>(request: { readonly where?: F | undefined }): F {
  return ("where" in request ? request.where : {}) as F;
}
