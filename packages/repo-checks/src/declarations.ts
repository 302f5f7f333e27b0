import ts from "typescript";
import { importsOf } from "./imports.ts";

/** What is wrong with a published declaration file: an `any`, or a type of somebody else's package. */
export function declarationFindings(path: string, text: string): readonly string[] {
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
    if (!/^(node:|@nsj\/mdb-)/.test(specifier)) found.push(`${path}:${line}: types of ${specifier}`);
  }
  return found;
}
