import { contentOf, isSql, type Sql, type SqlContent } from "./fragment.ts";

/**
 * What a fragment without a condition of its own says as a condition: `true` for no text at all and for `sql.and` of nothing, `false` for
 * `sql.or` of nothing. `undefined` for a fragment with text or values, which says what it says.
 */
export function constantOf(fragment: Sql): boolean | undefined {
  const content = contentOf(fragment);
  switch (content.kind) {
    case "and":
      return everyConstant(content);
    case "or":
      return anyConstant(content);
    case "template":
      return ofParts(content.strings, content.values);
    case "join":
      return ofParts([], content.parts.length > 1 ? [...content.parts, content.separator] : content.parts);
    case "raw":
      return content.text.trim() === "" ? true : undefined;
    default:
      return undefined;
  }
}

type Combined = Extract<SqlContent, { readonly kind: "and" | "or" }>;

/** `sql.empty` is left out by both, as when they are written. */
function constantsOf({ conditions }: Combined): (boolean | undefined)[] {
  return conditions
    .filter((it) => {
      const content = contentOf(it);
      return content.kind !== "raw" || content.text !== "";
    })
    .map(constantOf);
}

function everyConstant(content: Combined): boolean | undefined {
  const constants = constantsOf(content);
  if (constants.includes(false)) return false;
  return constants.includes(undefined) ? undefined : true;
}

function anyConstant(content: Combined): boolean | undefined {
  const constants = constantsOf(content);
  if (constants.includes(true)) return true;
  return constants.includes(undefined) ? undefined : false;
}

/** Text that is blank around at most one part that says something. */
function ofParts(texts: readonly string[], parts: readonly unknown[]): boolean | undefined {
  if (texts.some((text) => text.trim() !== "")) return undefined;
  let constant = true;
  let said = 0;
  for (const part of parts) {
    if (!isSql(part)) return undefined;
    const found = constantOf(part);
    if (found === undefined) return undefined;
    if (isBlank(part)) continue;
    constant = found;
    said++;
  }
  return said > 1 ? undefined : constant;
}

function isBlank(fragment: Sql): boolean {
  const content = contentOf(fragment);
  return content.kind !== "and" && content.kind !== "or" && constantOf(fragment) === true;
}
