/** How bad it is. `error`: something is lost or broken, or will be. `warning`: it may surprise. `info`: good to know. */
export type FindingLevel = "error" | "warning" | "info";

/** Something that the doctor has seen. */
export interface Finding {
  readonly level: FindingLevel;
  /** The label. */
  readonly database: string;
  /** A short name of the check, for programs. */
  readonly check: string;
  /** What was seen. */
  readonly seen: string;
  /** Why it matters. */
  readonly why?: string;
  /** What to do. */
  readonly advice?: string;
}

/** A finding without the label, which whoever asks knows. */
export type Symptom = Omit<Finding, "database">;

/** What an examination of one database has found. */
export interface Examination {
  readonly symptoms: readonly Symptom[];
  /** The server that it is on, where labels may share one. */
  readonly server?: { readonly identity: string; readonly room: number; readonly limit: number };
}
