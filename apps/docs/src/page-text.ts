import { posix } from "node:path";
import type { Page } from "./pages.ts";
import { web } from "./repository.ts";

/** Pictures are copied; every other file that is no page is shown where the repository is. */
const isPicture = (path: string): boolean => /\.(?:svg|png)$/.test(path);

/** A page's text as the site has it. */
export interface PageText {
  readonly text: string;
  /** Pictures that it shows, from the root of the repository. */
  readonly pictures: readonly string[];
}

/**
 * Makes a page of a Markdown text that reads well on a code host: links between files become links between pages, a fence that names the file it
 * is taken from becomes a plain one, and comments for the compiler go.
 */
export function pageText(text: string, { source, path }: Page, pages: readonly Page[]): PageText {
  const pictures: string[] = [];
  const target = (link: string): string => {
    if (/^(?:[a-z]+:|#)/.test(link)) return link;
    const [file = "", anchor] = link.split("#", 2);
    const wanted = posix.normalize(posix.join(posix.dirname(source), file)).replace(/\/$/, "");
    const page = pages.find((it) => it.source === wanted || it.source === `${wanted}/README.md`);
    const suffix = anchor === undefined ? "" : `#${anchor}`;
    if (page !== undefined) return `${posix.relative(posix.dirname(path), page.path) || page.path}.md${suffix}`;
    if (!isPicture(wanted)) return `${web}/${wanted}${suffix}`;
    pictures.push(wanted);
    return `/${wanted}`;
  };
  const changed = outsideOfCode(text.replaceAll(/^<!-- ts\n[\s\S]*?\n-->\n+/gm, ""), (part) =>
    part.replaceAll(
      /(\]\()([^)\s]+)(\))/g,
      (_, open: string, link: string, close: string) => open + target(link) + close,
    ),
  );
  return { text: changed.replaceAll(/^(```\S+) \S+$/gm, "$1"), pictures };
}

/** Changes a text, except what stands in its code blocks. */
function outsideOfCode(text: string, change: (part: string) => string): string {
  return text
    .split(/^(```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join("");
}
