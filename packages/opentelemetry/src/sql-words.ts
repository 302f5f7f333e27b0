/** A piece of a statement: a word or a quoted name, a bracket, a comma, a literal, or a comment. */
export interface Piece {
  readonly kind: "word" | "quoted" | "sign" | "literal" | "comment";
  readonly text: string;
}

const comment = String.raw`--[^\n]*|/\*[\s\S]*?(?:\*/|$)`;
const dollars = String.raw`\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)`;
const oracleQuotes = String.raw`[nN]?[qQ]'(?:\[[\s\S]*?(?:\]'|$)|\{[\s\S]*?(?:\}'|$)|\([\s\S]*?(?:\)'|$)|<[\s\S]*?(?:>'|$)|(?<mark>[^\s[{(<])[\s\S]*?(?:\k<mark>'|$))`;
const escaped = String.raw`[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)`;
const text = "(?:[nNbBxX]|[uU]&)?'(?:[^']|'')*(?:'|$)";
const backslashed = String.raw`(?:[nNbBxX]|_\w+)?'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)`;
const quoted = '"(?:[^"]|"")*(?:"|$)|`(?:[^`]|``)*(?:`|$)';
const brackets = String.raw`\[[^\]]*(?:\]|$)`;
const parameter = String.raw`[$:@]\w+|\?`;
const word = String.raw`[\p{L}_#][\p{L}\p{N}_$#]*`;
const number = String.raw`0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;

/** By engine, because what quotes is not the same everywhere; an engine that is not known has the standard's. */
const grammars = new Map<string, RegExp>();

function grammarOf(engine: string): RegExp {
  let found = grammars.get(engine);
  if (found === undefined) {
    const strings = engine.startsWith("m") && engine !== "mssql" ? [backslashed] : [];
    if (engine === "postgres") strings.push(dollars, escaped);
    if (engine === "oracle") strings.push(oracleQuotes);
    strings.push(text);
    const names = engine === "mssql" || engine === "sqlite" ? [quoted, brackets] : [quoted];
    found = new RegExp(
      `(?<comment>${comment})|(?<literal>${strings.join("|")})|(?<quoted>${names.join("|")})|(?<parameter>${parameter})|(?<word>${word})|(?<number>${number})|(?<sign>[^\\s])`,
      "gu",
    );
    grammars.set(engine, found);
  }
  return found;
}

/** Cuts a statement into pieces; blanks and parameters are left out. What is not ended goes to the end of the text. */
export function* piecesOf(engine: string, statement: string): Generator<Piece, void, undefined> {
  for (const { 0: piece, groups = {} } of statement.matchAll(grammarOf(engine))) {
    if (groups["comment"] !== undefined) yield { kind: "comment", text: piece };
    else if (groups["literal"] !== undefined || groups["number"] !== undefined) yield { kind: "literal", text: piece };
    else if (groups["quoted"] !== undefined) yield { kind: "quoted", text: piece };
    else if (groups["word"] !== undefined) yield { kind: "word", text: piece };
    else if (groups["sign"] !== undefined) yield { kind: "sign", text: piece };
  }
}

/** The statement with `?` for every literal, and without its comments. */
export function withoutLiterals(engine: string, statement: string): string {
  return statement
    .replace(grammarOf(engine), (piece: string, ...rest: unknown[]) => {
      const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
      if (groups["comment"] !== undefined) return " ";
      return groups["literal"] === undefined && groups["number"] === undefined ? piece : "?";
    })
    .trim();
}
