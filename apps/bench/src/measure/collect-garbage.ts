/** Collects garbage, so that nobody pays for what another one left. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined)
    throw new Error("the benchmarks need node --expose-gc; use the script of package.json");
  globalThis.gc();
}
