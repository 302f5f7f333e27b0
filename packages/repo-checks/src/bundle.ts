import { join } from "node:path";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { build } from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

/** The format of a bundle, with the ending of its file. */
export type BundleFormat = "esm" | "cjs";

/** Bundles a program as people do for production, minified by the bundler's defaults, and gives the file. */
export type Bundler = (program: string, folder: string, format: BundleFormat) => Promise<string>;

/** Drivers stay outside of bundles: theirs is native code. */
const external = ["better-sqlite3"];

/** The bundlers by name. */
export const bundlers: Readonly<Record<string, Bundler>> = {
  async esbuild(program, folder, format) {
    const outfile = place("esbuild", folder, format);
    await build({
      entryPoints: [program],
      outfile,
      format,
      external,
      bundle: true,
      minify: true,
      platform: "node",
      logLevel: "error",
    });
    return outfile;
  },

  async rollup(program, folder, format) {
    const file = place("rollup", folder, format);
    const plugins = [nodeResolve({ exportConditions: ["node"] }), commonjs(), terser()];
    const bundle = await rollup({ input: program, external: [...external, /^node:/], plugins });
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
