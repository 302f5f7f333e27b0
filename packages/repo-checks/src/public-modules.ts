import { join } from "node:path";
import ts from "typescript";
import { type Package, root } from "./repository.ts";

/** What one package exports, with the compiler that knows it. */
export interface PublicModule {
  /** The package's name. */
  readonly name: string;
  /** Its folder's name. */
  readonly folder: string;
  readonly checker: ts.TypeChecker;
  /** By name. */
  readonly symbols: readonly ts.Symbol[];
}

/** Reads what packages export from their `src/index.ts`. */
export function publicModules(packages: readonly Package[]): readonly PublicModule[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = packages.map((it) => join(root, it.folder, "src/index.ts"));
  const program = ts.createProgram(entries, { ...options, typeRoots: [join(root, "node_modules/@types")] });
  const checker = program.getTypeChecker();
  return packages.flatMap(({ manifest: { name }, folder }, index) => {
    const file = program.getSourceFile(entries[index] ?? "");
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    if (module === undefined) return [];
    const symbols = [...checker.getExportsOfModule(module)].sort((a, b) => (a.name < b.name ? -1 : 1));
    return [{ name, folder: folder.slice(folder.lastIndexOf("/") + 1), checker, symbols }];
  });
}

/** The public names of a package, one a line: what is there when the program runs, and what is a type only. */
export function publicNames({ checker, symbols }: PublicModule): string {
  const lines = symbols.map((symbol) => `${isValue(checker, symbol) ? "value" : "type "} ${symbol.name}`);
  return `${lines.join("\n")}\n`;
}

function isValue(checker: ts.TypeChecker, exported: ts.Symbol): boolean {
  const typeOnly = exported.declarations?.some((it) => ts.isExportSpecifier(it) && ts.isTypeOnlyExportDeclaration(it));
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  return typeOnly !== true && (symbol.flags & ts.SymbolFlags.Value) !== 0;
}
