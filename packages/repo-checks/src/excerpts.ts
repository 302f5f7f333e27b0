import type { Document } from "./documents.ts";

/**
 * Which blocks that name a file do not stand in it, as `path:line: what`. A block may be indented less than its file.
 *
 * @param readFile - the text of a file, from the root; throws when there is none
 */
export function excerptFindings(documents: readonly Document[], readFile: (path: string) => string): readonly string[] {
  return documents.flatMap(({ path, blocks }) =>
    blocks.flatMap(({ source, text, line }) => {
      if (source === undefined || withoutIndent(readFile(source)).includes(withoutIndent(text))) return [];
      return [`${path}:${line}: this is not what stands in ${source}`];
    }),
  );
}

function withoutIndent(text: string): string {
  return `\n${text.replaceAll(/^[ ]+/gm, "")}`;
}
