import { tableRows } from "./tables.ts";

/** One row of the tables in docs/errors.md. */
export interface DocumentedError {
  readonly code: string;
  readonly className: string;
  readonly when: string;
  /** What `retryable` means there, and what the option `retry` does. */
  readonly retryable: string;
  readonly retry: string;
}

/** Reads every table row of the page that begins with a code. */
export function documentedErrors(page: string): readonly DocumentedError[] {
  return tableRows(page)
    .filter(({ key }) => key.startsWith("MDB_"))
    .map(({ key, cells }) => ({
      code: key,
      className: (cells["Class"] ?? "").replaceAll("`", ""),
      when: cells["When"] ?? "",
      retryable: cells["`retryable`"] ?? "",
      retry: cells["`retry`"] ?? "",
    }));
}

/** Every code that a text mentions, wherever. */
export function mentionedCodes(text: string): readonly string[] {
  return [...new Set(text.match(/\bMDB_[A-Z_]*[A-Z]\b/g) ?? [])];
}
