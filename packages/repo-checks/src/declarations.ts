import ts from "typescript";
import { importsOf } from "./imports.ts";

/**
 * What is wrong with a published declaration file: an `any`, or a type of somebody else's package.
 * @param peers - the packages whose types may appear, because the user has them beside ours: the framework of an integration
 */
export function declarationFindings(path: string, text: string, peers: readonly string[] = []): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1}: any: ${text.split("\n")[line]?.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const { specifier, line } of importsOf(path, text)) {
    const known = /^(node:|@nsj\/mdb-)/.test(specifier) || peers.some((peer) => `${specifier}/`.startsWith(`${peer}/`));
    if (!known) found.push(`${path}:${line}: types of ${specifier}`);
  }
  return found;
}
