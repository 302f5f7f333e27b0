import ts from "typescript";

/** One place where a file names another module. */
export interface Import {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
}

/** Every import, re-export, dynamic `import()` and `require()` of a TypeScript text. */
export function importsOf(path: string, text: string): readonly Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  // Below the top only calls and types can name a module, and most files have none that do: looking into each would take most of the time.
  const isDeep = /\b(?:import|require)\s*\(/.test(text);
  const found: Import[] = [];
  const add = (node: ts.Node, specifier: ts.Node | undefined): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push({ specifier: specifier.text, line: line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node, node.moduleSpecifier);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node, node.arguments[0]);
    if (isDeep || node === file) ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isLoader(node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node) && node.text === "require");
}
