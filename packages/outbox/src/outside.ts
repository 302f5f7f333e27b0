import { AsyncLocalStorage } from "node:async_hooks";

/** Runs something outside of every transaction, whoever calls: what a relay or a wake-up does is part of nobody's work. */
export const outside: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();
