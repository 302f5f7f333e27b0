import ts from "typescript";
import type { PublicModule } from "./public-modules.ts";

/**
 * What the packages export without a word about it, each as `package: name` or `package: Class.method`. Methods that override or
 * implement a documented one inherit its words.
 */
export function undocumentedExports(modules: readonly PublicModule[]): readonly string[] {
  return modules.flatMap(({ name, checker, symbols }) =>
    symbols.flatMap((symbol) => undocumentedParts(checker, symbol)).map((part) => `${name}: ${part}`),
  );
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
