import type { EmissionContext, TypedValue } from "../tsql/emission.ts";
import type { SqlType } from "../types/sql-type.ts";

/** One running batch or procedure: its variables, and what it has to clean up. */
export class Frame implements EmissionContext {
  /** `"batch"` answers with DONE, `"procedure"` with DONEINPROC ([MS-TDS] 2.2.7.6 and 2.2.7.7). */
  readonly kind: "batch" | "procedure";
  /** The procedure's name, for errors. */
  readonly procedure: string;
  readonly #session: { readonly database: string; fact(name: string): TypedValue | undefined };
  /** Tables that live as long as the frame: temporary tables of a procedure. */
  readonly ownTables = new Set<string>();
  readonly #variables = new Map<string, TypedValue>();

  /** The session gives `@@name`s and its facts. */
  constructor(
    kind: "batch" | "procedure",
    session: { readonly database: string; fact(name: string): TypedValue | undefined },
    procedure = "",
  ) {
    this.kind = kind;
    this.procedure = procedure;
    this.#session = session;
  }

  get database(): string {
    return this.#session.database;
  }

  /** A frame of the same kind with the same variables. */
  copy(): Frame {
    const copied = new Frame(this.kind, this.#session, this.procedure);
    for (const [name, value] of this.#variables) copied.declare(name, value);
    return copied;
  }

  declare(name: string, value: TypedValue): void {
    this.#variables.set(name.toLowerCase(), value);
  }

  /** The declared type of a variable. */
  typeOf(name: string): SqlType | undefined {
    return this.#variables.get(name.toLowerCase())?.type;
  }

  variable(name: string): TypedValue | undefined {
    if (name.startsWith("@@") || name.startsWith("fact:")) return this.#session.fact(name);
    return this.#variables.get(name.toLowerCase());
  }
}
