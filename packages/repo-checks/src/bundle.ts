import { join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { build } from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

/** The format of a bundle, with the ending of its file. */
export type BundleFormat = "esm" | "cjs";

/** Bundles a program as people do for production, minified by the bundler's defaults, and gives the file. */
export type Bundler = (program: string, folder: string, format: BundleFormat) => Promise<string>;

/** Drivers that stay outside of bundles: native code, or found among the installed packages. */
export const external: readonly string[] = ["better-sqlite3", "mssql", "oracledb"];

/** Not installed, and loaded by `pg` only when it is asked for. */
const absent = "pg-native";

/** For CommonJS inside an ESM bundle of esbuild, as docs/bundling.md says. */
const requireLine = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

// Their types speak of a CommonJS module, but Node.js loads the ECMAScript module that they have too.
const fromCommonjs = commonjs as unknown as typeof commonjs.default;
const withJson = json as unknown as typeof json.default;
const minified = terser as unknown as typeof terser.default;

/** The bundlers by name. */
export const bundlers: Readonly<Record<string, Bundler>> = {
  async esbuild(program, folder, format) {
    const outfile = place("esbuild", folder, format);
    await build({
      entryPoints: [program],
      outfile,
      format,
      external: [...external, absent],
      banner: format === "esm" ? { js: requireLine } : {},
      bundle: true,
      minify: true,
      platform: "node",
      logLevel: "error",
    });
    return outfile;
  },

  async rollup(program, folder, format) {
    const file = place("rollup", folder, format);
    const plugins = [
      nodeResolve({ exportConditions: ["node"], preferBuiltins: true }),
      withJson(),
      fromCommonjs(),
      minified(),
    ];
    const bundle = await rollup({
      input: program,
      external: [...external, absent, /^node:/],
      plugins,
      logLevel: "silent",
    });
    await bundle.write({ file, format });
    await bundle.close();
    return file;
  },

  async webpack(program, folder, format) {
    const file = place("webpack", folder, format);
    const type = format === "esm" ? "module" : "commonjs";
    const compiler = webpack({
      mode: "production",
      target: "node22",
      entry: program,
      plugins: [new webpack.IgnorePlugin({ resourceRegExp: new RegExp(`^${absent}$`) })],
      experiments: { outputModule: format === "esm" },
      externals: external.map((name) => ({ [name]: `${type} ${name}` })),
      output: {
        path: folder,
        filename: file.slice(folder.length + 1),
        library: { type: type === "module" ? "module" : "commonjs2" },
      },
    });
    await new Promise<void>((resolve, reject) => {
      compiler.run((error, stats) => {
        if (error !== null) reject(error);
        else if (stats?.hasErrors() === true) reject(new Error(stats.toString("errors-only")));
        else resolve();
      });
    });
    return file;
  },
};

function place(name: string, folder: string, format: BundleFormat): string {
  return join(folder, `${name}.${format === "esm" ? "mjs" : "cjs"}`);
}
