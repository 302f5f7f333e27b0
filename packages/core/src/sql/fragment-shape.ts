import type { BoundValues } from "./bound-values.ts";
import { contentOf, isSql, type SqlContent } from "./fragment.ts";

/** What decides a fragment's text: everything but its values, which are not kept. */
export interface FragmentShape {
  readonly kind: SqlContent["kind"];
  /** The fragment itself, where there is no value in it: the same one again needs no closer look. */
  readonly constant: SqlContent | undefined;
  readonly text: TemplateStringsArray | string | readonly string[] | undefined;
  /** Per part, in the order of the text; `null` for a value. */
  readonly parts: readonly (FragmentShape | null)[];
}

/** The shape of a fragment; `undefined` for one that has another text nearly each time, as a list has with its length. */
export function shapeOf(content: SqlContent): FragmentShape | undefined {
  const items = partsOf(content);
  if (items === undefined) return undefined;
  const parts: (FragmentShape | null)[] = [];
  for (const item of items) {
    const part = isSql(item) ? shapeOf(contentOf(item)) : null;
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const isConstant = parts.every((part) => part?.constant !== undefined);
  return { kind: content.kind, constant: isConstant ? content : undefined, text: textOf(content), parts };
}

/** Adds the values of a fragment of this shape. Gives `false` when it has another shape; then some may have been added. */
export function bindShape(shape: FragmentShape, content: SqlContent, bound: BoundValues): boolean {
  if (content === shape.constant) return true;
  if (content.kind !== shape.kind || !isSameText(textOf(content), shape.text)) return false;
  const items = partsOf(content);
  if (items === undefined || items.length !== shape.parts.length) return false;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const part = shape.parts[index];
    if (isSql(item)) {
      if (part === null || part === undefined || !bindShape(part, contentOf(item), bound)) return false;
    } else {
      if (part !== null) return false;
      bound.add(item);
    }
  }
  return true;
}

function partsOf(content: SqlContent): readonly unknown[] | undefined {
  switch (content.kind) {
    case "template":
      return content.values;
    case "and":
    case "or":
      return content.conditions;
    case "join":
      return joined(content.parts, content.separator);
    case "raw":
    case "identifier":
      return [];
    default:
      return undefined;
  }
}

/** With the separators where they stand, because they may have values too. */
function joined(parts: readonly unknown[], separator: unknown): readonly unknown[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}

function textOf(content: SqlContent): FragmentShape["text"] {
  switch (content.kind) {
    case "template":
      return content.strings;
    case "raw":
      return content.text;
    case "identifier":
      return content.parts;
    default:
      return undefined;
  }
}

function isSameText(a: FragmentShape["text"], b: FragmentShape["text"]): boolean {
  if (a === b) return true;
  // Names are often made anew at each call.
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((text, index) => text === b[index]);
}
