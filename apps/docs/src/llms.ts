/** A page and its text. */
export interface WrittenPage {
  readonly path: string;
  readonly text: string;
}

/** `llms.txt` (llmstxt.org): the title, one sentence, and each page with its first sentence. */
export function overview(pages: readonly WrittenPage[]): string {
  const lines = pages.map(({ path, text }) => `- [${titleOf(text)}](/${path}.html)`);
  const summary =
    "One way to work with many SQL databases in one Node.js application: pools, sessions, transactions, DAOs, errors and types.";
  return `# @nsj/mdb\n\n> ${summary}\n\n## Pages\n\n${lines.join("\n")}\n`;
}

/** `llms-full.txt`: every page, one behind the other. */
export function fullText(pages: readonly WrittenPage[]): string {
  return pages.map(({ path, text }) => `<!-- /${path}.html -->\n\n${text.trim()}\n`).join("\n");
}

function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? "?";
}
