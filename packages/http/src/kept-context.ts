import { AsyncLocalStorage } from "node:async_hooks";

/** Where an object keeps the context that its methods run in. */
const context: unique symbol = Symbol.for("@nsj/mdb-http/context/1") as never;

type Run = <R>(work: () => R) => R;

interface Kept {
  [context]?: Run;
}

/**
 * Has methods of an object run in the context of now, whoever calls them. For requests, responses and streams: what they tell comes out of the
 * socket's context, and where several requests share a connection that may be the context of another one.
 */
export function keepContext(of: object, methods: readonly string[]): void {
  const kept = of as Kept & Record<string, unknown>;
  const isFirst = kept[context] === undefined;
  kept[context] = AsyncLocalStorage.snapshot();
  if (!isFirst) return;
  for (const name of methods) {
    const method = kept[name];
    if (typeof method !== "function") continue;
    const bound = function (this: unknown, ...parameters: unknown[]): unknown {
      const run = kept[context] as Run;
      return run(() => Reflect.apply(method, this, parameters));
    };
    Object.defineProperty(kept, name, { value: bound, configurable: true, writable: true });
  }
}

/** Has a readable stream read, and tell, in the context of now: an answer that is made while it is sent. */
export function keepStreamContext(stream: object): void {
  keepContext(stream, ["emit", "read", "destroy"]);
}
