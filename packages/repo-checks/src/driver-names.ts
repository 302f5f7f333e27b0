import ts from "typescript";

/** Words that only an adapter may know: engines, and the drivers they are reached by. */
const driverNames =
  /(?<![a-z])(postgres(ql)?|pg|mssql|sqlserver|tedious|msnodesqlv8|oracle|oracledb|sqlite3?|mysql2?|mariadb)(?![a-z])/i;

/**
 * Where a TypeScript text names an engine or a driver in its code, each as `path:line: word`. Comments may: they say why, and the why is
 * often one engine's behaviour.
 */
export function driverNamesIn(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const word = isWord(node) ? driverNames.exec(separated(node.text))?.[0] : undefined;
    if (word !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${path}:${line + 1}: ${word}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isWord(node: ts.Node): node is ts.Identifier | ts.PrivateIdentifier | ts.LiteralLikeNode {
  return (
    ts.isIdentifier(node) ||
    ts.isPrivateIdentifier(node) ||
    ts.isStringLiteralLike(node) ||
    ts.isTemplateLiteralToken(node)
  );
}

/** `usePostgresQuirk` becomes `use Postgres Quirk`. */
function separated(text: string): string {
  return text.replace(/([a-z0-9])([A-Z])/g, "$1 $2");
}
