import type { NativeDatabase, NativeRow, NativeStatement } from "./native.ts";
import { arrange, type Placeholders, readPlaceholders } from "./placeholders.ts";
import type { Shape } from "./shape.ts";
import type { StatementKind } from "./statement-kind.ts";
import { tokens } from "./tokens.ts";

/** One prepared statement and what is known of it. */
export class PreparedStatement {
  readonly native: NativeStatement;
  readonly kind: StatementKind;
  /** It may change a database file. SQLite's own answer. */
  readonly writes: boolean;
  /** It returns rows. */
  readonly reader: boolean;
  /** Its columns depend on those of a table: it has a `*`. */
  readonly star: boolean;
  /** Kept by `SchemaWatch`. */
  shape: Shape | undefined = undefined;
  /** Kept by `SchemaWatch`. */
  shapeGeneration = -1;
  readonly #placeholders: Placeholders | null;
  #objects: boolean;

  /** @throws what SQLite says of the text */
  constructor(database: NativeDatabase, text: string, kind: StatementKind) {
    this.native = database.prepare(text);
    this.kind = kind;
    this.writes = !this.native.readonly;
    this.reader = this.native.reader;
    this.star = this.reader && hasStar(text);
    this.#placeholders = readPlaceholders(text);
    this.#objects = this.reader;
    // What writes cannot run a second time, so it must not depend on names that could turn out not to fit.
    if (this.writes) this.useArrays();
  }

  /**
   * Whether rows come as objects, whose keys are the names of this very run. Where two columns have one name, they would lose a value,
   * and have to come as arrays.
   */
  get objects(): boolean {
    return this.#objects;
  }

  useArrays(): void {
    if (this.#objects) this.native.raw();
    this.#objects = false;
  }

  /** Runs it to its end and gives its rows. For readers. */
  all(values: readonly unknown[]): NativeRow[] {
    if (this.#placeholders === null) return this.native.all(values);
    return this.native.all(...arrange(this.#placeholders, values));
  }

  /** Runs it and gives the number of rows it changed. For all others. */
  run(values: readonly unknown[]): number {
    if (this.#placeholders === null) return this.native.run(values).changes;
    return this.native.run(...arrange(this.#placeholders, values)).changes;
  }

  /** Starts it; each step gives a row. For readers. */
  iterate(values: readonly unknown[]): IterableIterator<NativeRow> {
    if (this.#placeholders === null) return this.native.iterate(values);
    return this.native.iterate(...arrange(this.#placeholders, values));
  }
}

/** Whether the text has a `*` that stands for columns: after `SELECT`, `RETURNING`, a comma or a dot. */
function hasStar(text: string): boolean {
  if (!text.includes("*")) return false;
  let before = "";
  for (const { kind, start, end } of tokens(text)) {
    if (kind === "blank") continue;
    const token = text.slice(start, end);
    if (token === "*" && /^(?:select|distinct|all|returning|,|\.)$/i.test(before)) return true;
    before = token;
  }
  return false;
}
