import ts from "typescript";

/** A type that a module exports, and the names of what belongs to it, its own first. */
export interface InterfaceMembers {
  readonly name: string;
  readonly members: readonly string[];
}

/** The exported interfaces of a TypeScript text with their members. */
export function interfaceMembers(path: string, text: string): readonly InterfaceMembers[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.filter(ts.isInterfaceDeclaration).map((declaration) => ({
    name: declaration.name.text,
    members: declaration.members.flatMap(({ name }) =>
      name !== undefined && ts.isIdentifier(name) ? [name.text] : [],
    ),
  }));
}

/** The names that a module exports from others: `export { a, type B } from "./c.ts"`. */
export function reexportedNames(path: string, text: string): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements
    .filter(ts.isExportDeclaration)
    .flatMap(({ exportClause }) =>
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(({ name }) => name.text)
        : [],
    );
}
