/**
 * How bad it is. `error`: something is lost or broken, or will be. `warning`: it may surprise. `unknown`: it could not be looked at, and may be
 * anything. `info`: good to know.
 */
export type FindingLevel = "error" | "warning" | "unknown" | "info";

/** Something that the doctor has seen, or could not see. */
export interface Finding {
  readonly level: FindingLevel;
  /** The label; several with commas where it is a matter of all of them. */
  readonly database: string;
  /** A short name of the check, for programs. */
  readonly check: string;
  /** What was read. */
  readonly seen: string;
  /** Why it matters. Always there but for an `info`. */
  readonly why?: string;
  /** What to do. Always there but for an `info`. */
  readonly advice?: string;
}

/** A finding without the label, which whoever asks knows. */
export type Symptom = Fact | Worry;

interface Fact {
  readonly level: "info";
  readonly check: string;
  readonly seen: string;
  readonly why?: string;
  readonly advice?: string;
}

interface Worry {
  readonly level: Exclude<FindingLevel, "info">;
  readonly check: string;
  readonly seen: string;
  readonly why: string;
  readonly advice: string;
}

/** A number of connections that several labels may have to share. */
export interface Limit {
  /** The same for all that share it. */
  readonly identity: string;
  /** "the server", "the role app". */
  readonly of: string;
  /** What it lets in altogether. */
  readonly limit: number;
  /** What is left of it beside the connections of others. */
  readonly room: number;
  /** Whose connections were not counted as those of others: of other labels' own, one each was open meanwhile. */
  readonly own: string;
}

/** What an examination of one database has found. */
export interface Examination {
  readonly symptoms: readonly Symptom[];
  /** How many connections there may be. */
  readonly limits?: readonly Limit[];
  /** The same for two labels that reach the same database; absent where that is not known. */
  readonly place?: string;
}
