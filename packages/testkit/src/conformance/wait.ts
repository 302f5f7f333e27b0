import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import type { MaybePromise, OperationContext } from "@nsj/mdb-core";
import { pause } from "../pause.ts";

/** Ten seconds from now: long enough for a slow machine, short enough to name the call that hangs. */
export function soon(milliseconds = 10_000): OperationContext {
  return { deadline: performance.now() + milliseconds };
}

/** Fails with a name, instead of hanging, when something does not settle. Generous, so that it says nothing about speed. */
export async function within<T>(pending: MaybePromise<T>, what: string, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${what} did not settle in ${milliseconds} ms` })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([pending, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until something is true that nobody announces. Fails with a name when it never is. */
export async function eventually(
  isTrue: () => MaybePromise<boolean>,
  what: string,
  milliseconds: number,
): Promise<void> {
  const limit = performance.now() + milliseconds;
  while (!(await isTrue())) {
    if (performance.now() > limit) assert.fail(`never came true: ${what}`);
    await pause(5);
  }
}

/** What became of something after a while. */
export type Progress<T> =
  | { readonly state: "done"; readonly value: T }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "waiting" };

/**
 * Watches something that may have to wait for a lock. It gives up watching after a while, so that a case can go on with the other
 * side; no outcome may depend on how long that while is.
 */
export async function progressOf<T>(pending: Promise<T>, milliseconds = 150): Promise<Progress<T>> {
  const settled = pending.then(
    (value): Progress<T> => ({ state: "done", value }),
    (error: unknown): Progress<T> => ({ state: "failed", error }),
  );
  const waited = pause(milliseconds).then((): Progress<T> => ({ state: "waiting" }));
  return Promise.race([settled, waited]);
}

/** Lets timers, sockets and callbacks have their turns. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
