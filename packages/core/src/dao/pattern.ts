import type { DialectFacts } from "../driver/index.ts";
import { ParameterError } from "../errors/index.ts";
import { type Identifier, type Sql, type SqlValue, sql } from "../sql/index.ts";

/**
 * A pattern match that means the same on every engine: `%` any characters, `_` one, a backslash takes the next one literally. Where LIKE
 * ignores case, GLOB takes its place; where brackets are special in LIKE, they are escaped. The bar escapes on the wire, because some
 * engines read a backslash in a literal as an escape of its own.
 *
 * @param typed - gives the translated text the type that the column needs
 */
export function pattern(
  column: Identifier,
  text: string,
  ignoreCase: boolean,
  dialect: DialectFacts,
  typed: (translated: string) => SqlValue,
): Sql {
  if (dialect.patternMatch === "glob") {
    const glob = typed(translate(text, globForms));
    return ignoreCase ? sql`lower(${column}) glob lower(${glob})` : sql`${column} glob ${glob}`;
  }
  const like = typed(translate(text, dialect.quote[0] === "[" ? bracketForms : likeForms));
  return ignoreCase ? sql`lower(${column}) like lower(${like}) escape '|'` : sql`${column} like ${like} escape '|'`;
}

interface Forms {
  readonly any: string;
  readonly one: string;
  readonly literal: (character: string) => string;
}

const likeForms: Forms = { any: "%", one: "_", literal: (it) => ("%_|".includes(it) ? `|${it}` : it) };
const bracketForms: Forms = { any: "%", one: "_", literal: (it) => ("%_|[".includes(it) ? `|${it}` : it) };
const globForms: Forms = { any: "*", one: "?", literal: (it) => ("*?[".includes(it) ? `[${it}]` : it) };

function translate(text: string, forms: Forms): string {
  let translated = "";
  let escaped = false;
  for (const character of text) {
    if (escaped) {
      translated += forms.literal(character);
      escaped = false;
    } else if (character === "\\") escaped = true;
    else if (character === "%") translated += forms.any;
    else if (character === "_") translated += forms.one;
    else translated += forms.literal(character);
  }
  if (escaped) throw new ParameterError("a pattern ends with a backslash that escapes nothing");
  return translated;
}
