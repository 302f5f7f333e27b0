import { dirname, join } from "node:path/posix";
import { type Import, importsOf } from "./imports.ts";

/** A file of the repository. */
export interface SourceFile {
  /** From the root: `packages/core/src/sql/sql.ts`. */
  readonly path: string;
  readonly text: string;
}

/** The folders of core, innermost first: a file may import from its own folder and from those before it. `internal` is open to all. */
export const coreLayers: readonly string[] = [
  "internal",
  "errors",
  "driver",
  "sql",
  "types",
  "pool",
  "session",
  "manager",
  "dao",
];

/** Which of our packages a package's `src` may import. Tests and apps may import every published one, and the wire servers. */
const sourcesMayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  testkit: ["core"],
  http: ["core"],
  outbox: ["core"],
  tenants: ["core"],
  express: ["core", "http"],
  fastify: ["core", "http"],
  hono: ["core", "http"],
  nestjs: ["core", "http"],
  kysely: ["core"],
  // The outbox for the types of its events alone: whoever has no outbox needs no package of it.
  opentelemetry: ["core", "outbox"],
  // The same, for how many lanes there are.
  cli: ["core", "outbox"],
  testing: ["core"],
  "http-testkit": ["core", "http", "tenants", "testkit"],
  "session-model": ["core", "testkit"],
  "wire-servers": [],
  "crash-matrix": ["core", "outbox", "tenants", "adapter-mysql", "adapter-postgres", "adapter-sqlite", "wire-servers"],
  "repo-checks": ["core"],
};
const adapterMayImport = ["core"];
const scope = "@nsj/mdb-";

/** What is wrong with the imports of these files, each as `path:line: what`. */
export function importFindings(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    importsIn(file).flatMap(({ specifier, line }) => {
      const problem = specifier.startsWith(".") ? relativeProblem(file, specifier) : packageProblem(file, specifier);
      return problem === undefined ? [] : [`${file.path}:${line}: ${specifier}: ${problem}`];
    }),
  );
}

const read = new WeakMap<SourceFile, readonly Import[]>();

/** Reads each file once, however many rules ask. */
function importsIn(file: SourceFile): readonly Import[] {
  const imports = read.get(file) ?? importsOf(file.path, file.text);
  read.set(file, imports);
  return imports;
}

function relativeProblem({ path }: SourceFile, specifier: string): string | undefined {
  const target = join(dirname(path), specifier);
  const [place, name] = path.split("/");
  const isPackage = place === "packages" || place === "apps";
  if (isPackage && !target.startsWith(`${place}/${name}/`) && !isSharedSettings(target)) {
    return "reaches into another package; import the package by its name";
  }
  if (specifier !== "." && !/\.(ts|json|css)$/.test(specifier))
    return "a relative import names the file with its ending";
  if (!path.startsWith("packages/core/src/") || !target.startsWith("packages/core/src/")) return undefined;
  const [from, to] = [layerOf(path), layerOf(target)];
  if (from === undefined || to === undefined) return undefined;
  if (coreLayers.indexOf(to) > coreLayers.indexOf(from)) {
    return `"${from}" must not import from "${to}"; core's folders import only this way: ${coreLayers.slice(1).join(" <- ")}`;
  }
  return undefined;
}

/** The folder below core's `src`; `undefined` for the index, which sees everything. */
function layerOf(path: string): string | undefined {
  const parts = path.slice("packages/core/src/".length).split("/");
  return parts.length > 1 ? parts[0] : undefined;
}

/** Settings at the root that packages build with. */
function isSharedSettings(target: string): boolean {
  return /^tsup\.config\.base\.ts$/.test(target);
}

function packageProblem({ path }: SourceFile, specifier: string): string | undefined {
  if (!specifier.startsWith(scope)) return undefined;
  const [name = "", ...rest] = specifier.slice(scope.length).split("/");
  if (rest.length > 0) return "a deep import; only what a package exports may be used";
  const [place, own = "", part] = path.split("/");
  if (place !== "packages" || part !== "src") return undefined;
  const allowed = own.startsWith("adapter-") ? adapterMayImport : sourcesMayImport[own];
  if (allowed === undefined) return `"${own}" has no rule yet for what its sources may import`;
  return allowed.includes(name) ? undefined : `the sources of "${own}" must not import "${name}"`;
}

/**
 * Circles of imports, each as `a.ts -> b.ts -> a.ts`. Those of types count, though they are gone when the program runs: who reads one file of a circle has
 * to read all of them.
 */
export function importCircles(files: readonly SourceFile[]): readonly string[] {
  const edges = new Map<string, readonly string[]>(
    files.map((file) => [
      file.path,
      importsIn(file)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map(({ specifier }) => join(dirname(file.path), specifier)),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) circles.push([...trail.slice(at), path].join(" -> "));
    if (at >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return circles;
}
