// Where a string or a comment ends, just behind its last character. What is not closed reaches to the end of the text.

/** The end of what is closed by a character that is doubled inside. @param from - just behind the opening one */
export function endOfDoubled(text: string, closer: string, from: number): number {
  for (let at = text.indexOf(closer, from); at >= 0; at = text.indexOf(closer, at + 2)) {
    if (text[at + 1] !== closer) return at + 1;
  }
  return text.length;
}

/** The same, where a backslash takes the next character literally too. */
export function endOfEscaped(text: string, closer: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === closer) {
      if (text[at + 1] !== closer) return at + 1;
      at++;
    }
  }
  return text.length;
}

/** The end of a line, its break left out. @param atReturn - a carriage return by itself ends it too */
export function endOfLine(text: string, from: number, atReturn: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\n" || (atReturn && text[at] === "\r")) return at;
  }
  return text.length;
}

/** The end of a comment between slashes and stars. @param from - just behind its opener */
export function endOfBlockComment(text: string, from: number, nested: boolean): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("*/", at)) {
      at++;
      if (--depth === 0) return at + 1;
    } else if (nested && text.startsWith("/*", at)) {
      at++;
      depth++;
    }
  }
  return text.length;
}
