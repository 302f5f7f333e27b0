import type { TokenStream } from "./token-stream.ts";

/** `((select ...) union (select ...))` starts with more parentheses. */
export function isNestedQuery(stream: TokenStream): boolean {
  let ahead = 0;
  while (stream.peek(ahead).value === "(" && stream.peek(ahead).kind === "symbol") ahead++;
  return (
    ahead > 0 &&
    stream.peek(ahead).kind === "word" &&
    stream.peek(ahead).value === "SELECT" &&
    closesWithSet(stream, ahead)
  );
}

function closesWithSet(stream: TokenStream, open: number): boolean {
  let depth = open;
  for (let ahead = open; depth > 0; ahead++) {
    const { kind, value } = stream.peek(ahead);
    if (kind === "end") return false;
    if (kind !== "symbol") continue;
    if (value === "(") depth++;
    if (value === ")") depth--;
    if (depth === open - 1) return ["UNION", "MINUS", "INTERSECT"].includes(stream.peek(ahead + 1).value);
  }
  return false;
}
