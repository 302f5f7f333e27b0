import { ConfigurationError } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";

/**
 * Reads the `schema` option: names separated by commas, each taken as written (case included), or in double quotes.
 * @throws ConfigurationError when a name is empty or a quote is not closed
 */
export function parseSearchPath(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names: string[] = [];
  const item = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/y;
  for (;;) {
    const match = item.exec(text);
    const name = match?.[1]?.replaceAll('""', '"') ?? match?.[2]?.trim() ?? "";
    if (match === null || name === "") {
      throw new ConfigurationError(
        'postgres: option "schema" must be a schema\'s name, or several separated by commas',
        {
          key: "schema",
        },
      );
    }
    names.push(name);
    if (match[3] === "") return names;
  }
}

/** The setting's value as SQL writes it: `"sales", "public"`. */
export function searchPathValue(schemas: readonly string[]): string {
  return schemas.map(quoteIdentifier).join(", ");
}
