/** How the types of the contract are called in a `create table` of this engine. Absent: it has no such type. */
export interface TypeNames {
  /** Holds at least -2^31 to 2^31 - 1. */
  readonly integer: string;
  /** Holds -2^63 to 2^63 - 1. */
  readonly bigint?: string;
  /** Exact, 38 digits, 10 of them behind the point. */
  readonly decimal?: string;
  /** IEEE 754 double precision. */
  readonly float?: string;
  /** IEEE 754 single precision. */
  readonly shortFloat?: string;
  readonly boolean?: string;
  /** Strings of at least 1 000 characters, of any script. */
  readonly text: string;
  /** Strings of exactly 8 characters, shorter ones with blanks behind them where the engine adds them. */
  readonly fixedText?: string;
  /** Strings of at least 100 characters that are equal when they differ in case only. */
  readonly foldedText?: string;
  /** Strings of at least 1 MB. */
  readonly longText?: string;
  /** At least 1 MB of bytes. */
  readonly bytes?: string;
  /** Bytes of varying length, at least 16, that can be compared and be a key. */
  readonly shortBytes?: string;
  readonly date?: string;
  readonly time?: string;
  /** Without a zone, with at least milliseconds. */
  readonly timestamp?: string;
  /** An instant, with at least milliseconds. */
  readonly timestamptz?: string;
  readonly json?: string;
  readonly uuid?: string;
}

/** The name of one type of {@link TypeNames}. */
export type TypeName = keyof TypeNames;
