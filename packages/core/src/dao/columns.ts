import type { ColumnInfo, DialectFacts, MaybePromise, StoredForm } from "../driver/index.ts";
import type { ExecutorInternals, StatementOptions } from "../session/index.ts";
import {
  columnParameter,
  type Identifier,
  isParameter,
  isSql,
  quoteIdentifier,
  type Sql,
  type SqlValue,
  sql,
} from "../sql/index.ts";
import { inColumnForm, misfitError, misfitOf } from "./column-value.ts";
import { ColumnsNeeded } from "./columns-changed.ts";
import { type Comparator, comparators } from "./comparators.ts";
import { mayHoldList } from "./hold-list.ts";
import { byName, namesAnother } from "./known-names.ts";
import { inFewSizes } from "./list-sizes.ts";
import { nonFiniteNumber } from "./non-finite.ts";
import { comparedInForm, listedInForm } from "./stored-forms.ts";
import type { TableSpec } from "./table.ts";
import { forgetColumns, knownColumns, tableColumns } from "./table-columns.ts";

/** Any table's description, for code that does not care about its types. */
export type AnyTable = TableSpec<Record<string, unknown>, never, never, never>;

/** One table as its SQL needs it: properties become quoted columns, values go through the column's codec and get the column's type. */
export class Columns {
  readonly table: Identifier;
  readonly #spec: AnyTable;
  readonly #identifiers = new Map<string, Identifier>();
  /** What the table's columns are, as it was found out last. */
  #known: readonly ColumnInfo[] | undefined;
  #agreeing = new WeakSet<readonly ColumnInfo[]>();
  #infos: ReadonlyMap<string, ColumnInfo> = new Map();

  constructor(spec: AnyTable) {
    this.#spec = spec;
    this.table = sql.identifier(...spec.name);
  }

  /** The properties of the primary key. */
  get key(): readonly string[] {
    return this.#spec.key;
  }

  /** Whether an entity has every column. */
  get areAll(): boolean {
    return this.#spec.writeOnlyColumns.length === 0;
  }

  /** Whether a write's own clause lacks columns that an entity has. */
  get readsBack(): boolean {
    return this.#spec.readBackColumns.length > 0;
  }

  /** The column of a property, quoted. */
  of(property: string): Identifier {
    let identifier = this.#identifiers.get(property);
    if (identifier === undefined) {
      identifier = sql.identifier(this.nameOf(property));
      this.#identifiers.set(property, identifier);
    }
    return identifier;
  }

  /** The column of a property, as the table's description names it. */
  nameOf(property: string): string {
    return this.#spec.renamed.get(property) ?? property;
  }

  /** What the column of a property is; `undefined` where nobody had to know. */
  infoOf(property: string): ColumnInfo | undefined {
    return this.#infos.get(this.nameOf(property));
  }

  /** Whether values of a property go through a codec, to which also an object may be one. */
  hasCodec(property: string): boolean {
    return this.#spec.columnCodecs.has(property);
  }

  /** A value as the codec makes it. A fragment, or a value that names its type itself, is nothing for a codec. */
  encode(property: string, value: unknown, dialect: DialectFacts): SqlValue {
    const codec = this.#spec.columnCodecs.get(property);
    if (codec === undefined || isSql(value) || isParameter(value)) return value as SqlValue;
    return codec.toDatabase(value as never, dialect) as SqlValue;
  }

  /** A value as an insert or update stores it. */
  stored(property: string, value: unknown, dialect: DialectFacts): SqlValue {
    const encoded = this.encode(property, value, dialect);
    const misfit = misfitOf(encoded, this.infoOf(property), dialect);
    if (misfit !== undefined) throw misfitError(this.#spec.name, property, misfit);
    return this.#typed(property, encoded, dialect);
  }

  /** The column beside a value: `id = 1`. */
  compared(property: string, operator: Comparator, value: unknown, dialect: DialectFacts): Sql {
    const sought = this.#sought(property, value, dialect);
    const form = isSql(sought) ? undefined : this.#formOf(property, dialect);
    if (form !== undefined) return comparedInForm(form, this.of(property), operator, sought);
    return sql`${this.of(property)} ${comparators[operator]} ${sought}`;
  }

  /** The column beside a list of values: `id in (1, 2)`. */
  listed(property: string, operator: "in" | "not in", values: readonly unknown[], dialect: DialectFacts): Sql {
    const sent = inFewSizes(values, dialect).map((value) => this.#sought(property, value, dialect));
    const form = this.#formOf(property, dialect);
    if (form !== undefined) return listedInForm(form, this.of(property), operator, sent);
    const column = this.of(property);
    return operator === "in" ? sql`${column} in (${sql.list(sent)})` : sql`${column} not in (${sql.list(sent)})`;
  }

  /** Whether the column may have more digits than a `Date`. @throws ColumnsNeeded where that is not known yet */
  isFinerThanDate(property: string, { finerThanDate }: DialectFacts): boolean {
    if (finerThanDate === undefined) return false;
    if (this.#known === undefined) throw new ColumnsNeeded();
    const info = this.infoOf(property);
    return info !== undefined && finerThanDate.includes(info.databaseType) && !this.hasCodec(property);
  }

  /** A value as the driver gave it, for finding the rows behind it. */
  asPlace(property: string, value: SqlValue, dialect: DialectFacts): SqlValue {
    return nonFiniteNumber(value, dialect) ?? this.#typed(property, value, dialect);
  }

  /** How many parameters a list needs for each value. */
  parametersPerValue(property: string, dialect: DialectFacts): number {
    return this.#formOf(property, dialect)?.equal?.length ?? 1;
  }

  /** A pattern for the column, as it is sent: beside anything but a text it is a text all the same. */
  asPattern(property: string, text: string, dialect: DialectFacts): SqlValue {
    return this.infoOf(property)?.type === "string" ? this.#typed(property, text, dialect) : text;
  }

  /**
   * Finds out what the other methods have to know, before the first statement on the table.
   *
   * @param entities - what is to be written, if that is known yet; `"needed"` where only the columns will do
   */
  know(
    executor: ExecutorInternals,
    options: StatementOptions,
    entities?: readonly unknown[] | "unseen" | "needed",
  ): MaybePromise<void> {
    const { context } = executor;
    const { typedParameters, storedForms, arrayParameters } = context.dialect;
    const names = entities === "needed" || !this.areAll || this.readsBack;
    const depends = names || typedParameters === true || storedForms !== undefined;
    if (!depends && !(arrayParameters && mayHoldList(entities, (it) => this.hasCodec(it)))) return;
    const known = knownColumns(context, this.table);
    if (known !== undefined) {
      this.#learn(executor, known);
      // A column that was added since, or a mistake.
      if (!namesAnother(entities, this.#infos, (it) => this.nameOf(it))) return;
      forgetColumns(context, this.table);
    }
    return this.#ask(executor, options);
  }

  /** Whether a result shows the columns as they are known, where they are. */
  agreeWith(columns: readonly ColumnInfo[]): boolean {
    if (this.#known === undefined || this.#agreeing.has(columns)) return true;
    const agree = columns.every(({ name, type }) => {
      const info = this.#infos.get(name);
      return info === undefined || info.type === type;
    });
    if (agree) this.#agreeing.add(columns);
    return agree;
  }

  /** What a SELECT reads: everything but the columns that no entity has. @param beside - other expressions stand beside it */
  all(dialect: DialectFacts, beside = false): Sql {
    if (this.areAll) return beside ? sql`${this.table}.*` : sql.raw("*");
    return this.names(this.#readable(this.#known ?? []), dialect);
  }

  /** What a clause of a write gives back. */
  returned(dialect: DialectFacts): Sql {
    if (!this.readsBack) return this.all(dialect);
    return this.names(this.returnable(this.#known ?? []), dialect);
  }

  /** Those of the table's columns that the clause of a write can give back. */
  returnable(columns: readonly ColumnInfo[]): readonly ColumnInfo[] {
    const readable = this.#readable(columns);
    return this.readsBack ? this.#without(this.#spec.readBackColumns, readable) : readable;
  }

  /** Columns as the table has them, quoted. */
  names(columns: readonly ColumnInfo[], dialect: DialectFacts): Sql {
    return sql.raw(columns.map(({ name }) => quoteIdentifier([name], dialect)).join(", "));
  }

  /** Whether a column is one of the table's. */
  isOwn(column: ColumnInfo): boolean {
    return this.#known?.some(({ name }) => name === column.name) === true;
  }

  /** Where a result has the column of a property; -1 where it has it not. */
  indexIn(columns: readonly ColumnInfo[], property: string): number {
    const name = this.infoOf(property)?.name ?? this.nameOf(property);
    return columns.findIndex((column) => column.name === name);
  }

  #readable(columns: readonly ColumnInfo[]): readonly ColumnInfo[] {
    return this.#without(this.#spec.writeOnlyColumns, columns);
  }

  #without(properties: readonly string[], columns: readonly ColumnInfo[]): readonly ColumnInfo[] {
    if (properties.length === 0) return columns;
    const left = new Set(properties.map((it) => this.infoOf(it)?.name));
    return columns.filter(({ name }) => !left.has(name));
  }

  /** `a, b, c`, quoted. */
  list(properties: readonly string[]): Sql {
    return sql.join(properties.map((property) => this.of(property)));
  }

  async #ask(executor: ExecutorInternals, options: StatementOptions): Promise<void> {
    this.#learn(executor, await tableColumns(executor, this.table, options));
  }

  #learn({ context }: ExecutorInternals, columns: readonly ColumnInfo[]): void {
    if (columns === this.#known) return;
    this.#infos = byName(columns, context.dialect.foldCase === "upper");
    this.#known = columns;
    this.#agreeing = new WeakSet();
  }

  /** A value that a row is looked for by. */
  #sought(property: string, value: unknown, dialect: DialectFacts): SqlValue {
    const number = this.hasCodec(property) ? undefined : nonFiniteNumber(value, dialect);
    return number ?? this.#typed(property, this.encode(property, value, dialect), dialect);
  }

  #typed(property: string, value: SqlValue, dialect: DialectFacts): SqlValue {
    const column = this.infoOf(property);
    if (column === undefined || isSql(value) || isParameter(value)) return value;
    const sent = inColumnForm(value, column, dialect);
    return dialect.typedParameters === true && !isParameter(sent) ? columnParameter(sent, column) : sent;
  }

  #formOf(property: string, { storedForms }: DialectFacts): StoredForm | undefined {
    const type = this.infoOf(property)?.type;
    return type === undefined ? undefined : storedForms?.[type];
  }
}
