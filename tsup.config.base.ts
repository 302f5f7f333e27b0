import type { Options } from "tsup";

/** What every published package builds: ESM and CommonJS with their own declarations, and source maps into `src`. */
export const library: Options = {
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  target: "node22",
  platform: "node",
  dts: true,
  sourcemap: true,
  clean: true,
  treeshake: true,
  splitting: false,
};
