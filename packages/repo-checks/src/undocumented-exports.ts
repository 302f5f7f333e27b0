import { join } from "node:path";
import ts from "typescript";
import { type Package, root } from "./repository.ts";

/**
 * What the packages export without a word about it, each as `package: name` or `package: Class.method`. Methods that override or
 * implement a documented one inherit its words.
 */
export function undocumentedExports(packages: readonly Package[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = packages.map((it) => join(root, it.folder, "src/index.ts"));
  const program = ts.createProgram(entries, { ...options, typeRoots: [join(root, "node_modules/@types")] });
  const checker = program.getTypeChecker();
  return packages.flatMap(({ manifest }, index) => {
    const file = program.getSourceFile(entries[index] ?? "");
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    if (module === undefined) return [];
    return checker
      .getExportsOfModule(module)
      .flatMap((symbol) => undocumentedParts(checker, symbol))
      .map((name) => `${manifest.name}: ${name}`);
  });
}

function undocumentedParts(checker: ts.TypeChecker, exported: ts.Symbol): readonly string[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const name = exported.getName();
  const own = isDocumented(checker, symbol) ? [] : [name];
  const methods = [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])].filter(isPublicMethod);
  return [...own, ...methods.filter((it) => !isDocumented(checker, it)).map((it) => `${name}.${it.getName()}`)];
}

function isDocumented(checker: ts.TypeChecker, symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0 || symbol.getJsDocTags(checker).length > 0;
}

function isPublicMethod(symbol: ts.Symbol): boolean {
  const { valueDeclaration } = symbol;
  if (valueDeclaration === undefined || !ts.isMethodDeclaration(valueDeclaration)) return false;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  const named = ts.isIdentifier(valueDeclaration.name) && valueDeclaration.name.text !== "toJSON";
  return named && (ts.getCombinedModifierFlags(valueDeclaration) & hidden) === 0;
}
