/** The items of a translated list in parentheses. */
export function topLevelItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let quote = "";
  let item = "";
  for (const character of text.slice(1, -1)) {
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "," && depth === 0) {
      items.push(item);
      item = "";
      continue;
    }
    item += character;
  }
  items.push(item);
  return items;
}
