import { tableRows } from "./tables.ts";

/** One row of the tables in docs/errors.md. */
export interface DocumentedError {
  readonly code: string;
  readonly className: string;
  readonly retryable: boolean;
  readonly when: string;
}

/** Reads every table row of the page that begins with a code. */
export function documentedErrors(page: string): readonly DocumentedError[] {
  return tableRows(page)
    .filter(({ key }) => key.startsWith("MDB_"))
    .map(({ key, cells }) => ({
      code: key,
      className: (cells["Class"] ?? "").replaceAll("`", ""),
      retryable: cells["Retry"] === "yes",
      when: cells["When"] ?? "",
    }));
}

/** Every code that a text mentions, wherever. */
export function mentionedCodes(text: string): readonly string[] {
  return [...new Set(text.match(/\bMDB_[A-Z_]*[A-Z]\b/g) ?? [])];
}
