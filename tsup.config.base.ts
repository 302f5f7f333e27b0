import type { Options } from "tsup";

type Plugin = NonNullable<Options["plugins"]>[number];

/**
 * esbuild makes `var Table = class _Table` of a class that names itself, and `_Table` is then what stack traces and `console.log` show.
 * A space takes the place of the underscore, so that the source map stays right.
 */
const ownClassNames: Plugin = {
  name: "own-class-names",
  renderChunk(code) {
    const renamed = [...code.matchAll(/^(?:var|let|const) (\w+) = class _\1\b/gm)].map(([, name]) => `_${name}`);
    if (renamed.length === 0) return undefined;
    return { code: code.replace(new RegExp(`\\b(?:${renamed.join("|")})\\b`, "g"), (name) => ` ${name.slice(1)}`) };
  },
};

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
  // Bundlers for other runtimes know Node.js's own modules by their prefix.
  removeNodeProtocol: false,
  // `src` is in the package: its text need not be in the map a second time.
  esbuildOptions: (options) => {
    options.sourcesContent = false;
  },
  plugins: [ownClassNames],
};
