import { AssertionError } from "node:assert";
import { type Database, type DatabaseManager, planOf, type QueryEvent } from "@nsj/mdb-core";
import { indexFindings } from "./indexed.ts";
import type { RecordedStatement } from "./recorded-statement.ts";
import { withRecorder } from "./recorder.ts";
import { type Repeat, repeatsOf } from "./repeats.ts";

/** Which repeated statements are no fault. */
export interface RepeatOptions {
  /** Texts that may be repeated, blanks aside. */
  readonly allow?: readonly string[] | undefined;
  /** How often a text has to come from one caller. Default 2. */
  readonly atLeast?: number | undefined;
}

/** Which tables have to be read by an index. */
export interface IndexedOptions {
  /** Tables with at most so many rows may be read whole. Default 100. */
  readonly rows?: number | undefined;
}

/** What the code under test has sent. */
export class Recording<R> {
  /** What `work` gave. */
  readonly result: R;
  /** In the order in which they were called. Without begin, commit, rollback, savepoints, and what the library sends for itself. */
  readonly statements: readonly RecordedStatement[];
  readonly #database: (label: string) => Database | undefined;

  /** Made by {@link record}. */
  constructor(result: R, statements: readonly RecordedStatement[], database: (label: string) => Database | undefined) {
    this.result = result;
    this.statements = statements;
    this.#database = database;
  }

  /** @throws AssertionError, with all statements, unless there are so many */
  expectStatements(count: number): void {
    if (this.statements.length === count) return;
    throw failed(
      `expected ${count} statements, not ${this.statements.length}:\n${this}`,
      count,
      this.statements.length,
    );
  }

  /** Texts that came more than once from the same caller on the same label. */
  repeats({ allow = [], atLeast = 2 }: RepeatOptions = {}): readonly Repeat[] {
    const allowed = new Set(allow.map(withoutBlanks));
    return repeatsOf(this.statements, atLeast).filter(({ text }) => !allowed.has(withoutBlanks(text)));
  }

  /**
   * No text comes again and again from the same caller: with other values that is an N+1, one query for a list and one more for each of its rows; with the same
   * values, something that could be kept.
   * @throws AssertionError that names each, how often, and its caller
   */
  expectNoRepeats(options: RepeatOptions = {}): void {
    const repeats = this.repeats(options);
    if (repeats.length === 0) return;
    const lines = repeats.map(({ database, text, times, kind, caller }) => {
      const what = kind === "n+1" ? "with other values each time (N+1)" : "with the same values";
      return `${times} times on ${database}, ${what}:\n  ${withoutBlanks(text)}${caller === undefined ? "" : `\n  at ${caller}`}`;
    });
    throw failed(`statements are repeated:\n${lines.join("\n")}`, 0, repeats.length);
  }

  /**
   * No statement reads a table of more than `rows` rows whole, by the plans that the server has for the texts without their values. Only for
   * `record({ manager }, ...)`, which knows the databases. A server plans by what it knows of the table (`analyze`).
   * @throws AssertionError that names each statement and table; ConfigurationError without `manager`; UnsupportedError where the engine tells no plans
   */
  async expectIndexed({ rows = 100 }: IndexedOptions = {}): Promise<void> {
    const findings = await indexFindings(this.statements, rows, this.#database, planOf);
    if (findings.length === 0) return;
    throw failed(`tables are read whole:\n${findings.join("\n")}`, 0, findings.length);
  }

  /** The texts by label, without times and callers: for snapshots of a test runner. */
  snapshot(): readonly string[] {
    return this.statements.map(({ database, kind, text }) => `${database}: ${withoutBlanks(text ?? kind)}`);
  }

  /** A line for each: label, milliseconds, rows, text, and where it was called. */
  toString(): string {
    return this.statements
      .map(({ database, durationMs, rowCount, text, kind, caller, error }) =>
        [
          database,
          durationMs === undefined ? "not ended" : `${durationMs.toFixed(1)} ms`,
          error === undefined ? `${rowCount ?? "?"} rows` : "failed",
          withoutBlanks(text ?? kind),
          caller ?? "",
        ].join("  "),
      )
      .join("\n");
  }
}

/** Options of {@link record}. */
export interface RecordOptions {
  /** Records everything on this manager, from whatever async chain: for code behind a socket. */
  readonly manager?: AnyManager | undefined;
}

type AnyManager = Pick<DatabaseManager, "number"> & { database(label: never): Database };

/**
 * Runs `work` and gives what it has sent: everything of its async chain, on all labels of all managers, so that tests beside each other do not see each other.
 * Code behind a socket is in no chain of the test's: `record({ manager }, work)` takes everything on that manager. May be nested.
 * @throws what `work` throws
 */
export function record<R>(work: () => Promise<R>): Promise<Recording<R>>;
export function record<R>(options: RecordOptions, work: () => Promise<R>): Promise<Recording<R>>;
export async function record<R>(
  first: RecordOptions | (() => Promise<R>),
  second?: () => Promise<R>,
): Promise<Recording<R>> {
  const { manager } = typeof first === "function" ? {} : first;
  const work = typeof first === "function" ? first : (second as () => Promise<R>);
  const statements: RecordedStatement[] = [];
  const takes = (event: QueryEvent): boolean => manager === undefined || event.manager === manager.number;
  const result = await withRecorder({ statements, takes }, manager !== undefined, work);
  const database = (label: string): Database | undefined => manager?.database(label as never);
  return new Recording(result, statements, database);
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function failed(message: string, expected: unknown, actual: unknown): AssertionError {
  return new AssertionError({ message, expected, actual, operator: "mdb" });
}
