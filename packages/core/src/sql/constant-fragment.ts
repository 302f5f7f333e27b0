import { contentOf, isSql, maxDepth, type Sql, type SqlContent } from "./fragment.ts";

/**
 * What a fragment without a condition of its own says as a condition: `true` for no text at all and for `sql.and` of nothing, `false` for
 * `sql.or` of nothing. `undefined` for a fragment with text or values, which says what it says, and for one that is too deep to be written.
 */
export function constantOf(fragment: Sql, depth = 1): boolean | undefined {
  const content = contentOf(fragment);
  if (depth > maxDepth) return undefined;
  switch (content.kind) {
    case "and":
      return everyConstant(constantsOf(content, depth));
    case "or":
      return anyConstant(constantsOf(content, depth));
    case "template":
      return ofParts(content.strings, content.values, depth);
    case "join":
      return ofParts([], content.parts.length > 1 ? [...content.parts, content.separator] : content.parts, depth);
    case "raw":
      return content.text.trim() === "" ? true : undefined;
    default:
      return undefined;
  }
}

type Combined = Extract<SqlContent, { readonly kind: "and" | "or" }>;

/** `sql.empty` is left out by both, as when they are written. */
function constantsOf({ conditions }: Combined, depth: number): (boolean | undefined)[] {
  return conditions
    .filter((it) => {
      const content = contentOf(it);
      return content.kind !== "raw" || content.text !== "";
    })
    .map((it) => constantOf(it, depth + 1));
}

function everyConstant(constants: readonly (boolean | undefined)[]): boolean | undefined {
  if (constants.includes(false)) return false;
  return constants.includes(undefined) ? undefined : true;
}

function anyConstant(constants: readonly (boolean | undefined)[]): boolean | undefined {
  if (constants.includes(true)) return true;
  return constants.includes(undefined) ? undefined : false;
}

/** Text that is blank around at most one part that says something. */
function ofParts(texts: readonly string[], parts: readonly unknown[], depth: number): boolean | undefined {
  if (texts.some((text) => text.trim() !== "")) return undefined;
  let constant = true;
  let said = 0;
  for (const part of parts) {
    if (!isSql(part)) return undefined;
    const found = constantOf(part, depth + 1);
    if (found === undefined) return undefined;
    if (found && isText(part)) continue;
    constant = found;
    said++;
  }
  return said > 1 ? undefined : constant;
}

function isText(fragment: Sql): boolean {
  const { kind } = contentOf(fragment);
  return kind !== "and" && kind !== "or";
}
