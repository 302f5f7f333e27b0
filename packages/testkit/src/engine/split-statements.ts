/** One statement of a text. */
export interface StatementPiece {
  readonly text: string;
  /** How many `?` it has outside quotes and comments. */
  readonly parameters: number;
}

/** Cuts a text at the semicolons outside quotes and comments, and counts placeholders. Pieces without any SQL are left out. */
export function splitStatements(text: string): readonly StatementPiece[] {
  const pieces: StatementPiece[] = [];
  const token = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|[;?]|[^\s]/g;
  let start = 0;
  let parameters = 0;
  let hasSql = false;
  const finish = (end: number) => {
    if (hasSql) pieces.push({ text: text.slice(start, end), parameters });
    start = end + 1;
    parameters = 0;
    hasSql = false;
  };
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === ";") finish(match.index);
    else if (!found.startsWith("--") && !found.startsWith("/*")) {
      hasSql = true;
      if (found === "?") parameters += 1;
    }
  }
  finish(text.length);
  return pieces;
}
