/** One statement of the code under test. */
export interface RecordedStatement {
  /** The label. */
  readonly database: string;
  readonly engine: string;
  /** What it was sent as: `"query"`, `"stream"`, `"many"`, `"bulk"` or `"call"`. */
  readonly kind: string;
  /** The text with its placeholders; `undefined` where the library has none. */
  readonly text: string | undefined;
  /** `StatementOptions.name`. */
  readonly name: string | undefined;
  /** From the call to the last row, in milliseconds; `undefined` while it runs. */
  readonly durationMs: number | undefined;
  /** Rows that were read or written. */
  readonly rowCount: number | undefined;
  /** What it failed with. */
  readonly error: unknown;
  /** The first line of the application in the stack of the call. */
  readonly caller: string | undefined;
  /** That line and those around it, five at most. */
  readonly callers: readonly string[];
  /** Tells apart with which values a text was sent; no value can be got back from it. */
  readonly fingerprint: string | undefined;
}
