import { filesBelow, read } from "./repository.ts";

/** A fenced code block of a document. */
export interface CodeBlock {
  readonly language: string;
  /** The file that it is taken from, where the fence names one behind the language. From the root. */
  readonly source?: string;
  readonly text: string;
  /** The line of the document on which the code begins, 1-based. */
  readonly line: number;
}

/** A Markdown document with what the checks want of it. */
export interface Document {
  /** From the root. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly CodeBlock[];
  /** What a comment `<!-- ts ... -->` gives to the blocks of the page that import nothing: declarations of `databases` and the like. */
  readonly preamble: string;
}

/** Every document of the repository: those at the root, in `docs` and beside each package. */
export function documents(): readonly Document[] {
  const paths = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"];
  for (const folder of ["docs", "packages", "apps"]) paths.push(...filesBelow(folder, ".md"));
  return paths.map((path) => parseDocument(path, read(path)));
}

/** Finds the code blocks and the preamble of a Markdown text. */
export function parseDocument(path: string, text: string): Document {
  const blocks: CodeBlock[] = [];
  const lines = text.split("\n");
  for (let start = 0; start < lines.length; start++) {
    const [, language, source] = /^```(\S*)(?: (\S+))?/.exec(lines[start] ?? "") ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf("```", start + 1);
    if (end < 0) throw new Error(`${path}:${start + 1}: this code block has no end`);
    const text = `${lines.slice(start + 1, end).join("\n")}\n`;
    blocks.push({ language, text, line: start + 2, ...(source !== undefined && { source }) });
    start = end;
  }
  const preambles = [...text.matchAll(/^<!-- ts\n([\s\S]*?)\n-->$/gm)].map(([, code = ""]) => code);
  return { path, text, blocks, preamble: preambles.join("\n") };
}
