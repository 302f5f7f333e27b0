/** Collects garbage, so that nobody pays for what another one left. */
export function collectGarbage(): void {
  collector()();
}

/**
 * Collects what was left just now. Between two turns of some ten milliseconds: a whole collection throws away what V8 has compiled and learnt as well, so that each
 * turn would be measured while it is compiled anew, and most of all whoever shares no code with the others.
 */
export function collectYoungGarbage(): void {
  collector()({ type: "minor", execution: "sync" });
}

function collector(): NonNullable<typeof globalThis.gc> {
  if (globalThis.gc === undefined)
    throw new Error("the benchmarks need node --expose-gc; use the script of package.json");
  return globalThis.gc;
}
