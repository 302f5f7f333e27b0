import type { DialectFacts, Statement } from "../driver/index.ts";
import { BoundValues } from "./bound-values.ts";
import { emptyList } from "./empty-list.ts";
import { contentOf, isSql, maxDepth, type Sql, type SqlContent, type TemplateContent } from "./fragment.ts";
import { quoteIdentifier, resolveIdentifier } from "./identifier.ts";
import type { PlaceholderSpan } from "./lexer.ts";
import { parameterError, type StatementTarget } from "./parameter-error.ts";
import type { ParameterName } from "./parameter-value.ts";
import { placeholder, refuseNative } from "./placeholder.ts";
import { sharedDialect } from "./shared-dialect.ts";
import { readTemplate } from "./template-text.ts";

/** The text of fragments without values, for the dialect that was last asked for. */
const keptTexts = new WeakMap<SqlContent, { readonly dialect: DialectFacts; readonly text: string }>();

/** Writes one statement: text with the engine's placeholders, and the values in their order. */
export class StatementWriter {
  readonly #target: StatementTarget;
  readonly #shared: DialectFacts;
  readonly #bound: BoundValues;
  readonly #native: PlaceholderSpan[] = [];
  #emptyLists = 0;
  #depth = 0;
  #text = "";

  /** @param source - the statement, for error messages */
  constructor(target: StatementTarget, source: string | SqlContent) {
    this.#target = target;
    this.#shared = sharedDialect(target.dialect);
    this.#bound = new BoundValues(target, source);
  }

  /** Writes text as it is. */
  text(text: string): void {
    this.#text += text;
  }

  /** Writes a fragment, or a placeholder for a value. Gives the placeholder's position, or 0 for a fragment. */
  item(item: unknown, name?: ParameterName): number {
    if (isSql(item)) {
      this.fragment(item);
      return 0;
    }
    this.#bound.add(item, name);
    const position = this.#bound.values.length;
    this.again(position);
    return position;
  }

  /** Writes the placeholder of a value that was written before. */
  again(position: number): void {
    this.#text += placeholder(this.#target.dialect.placeholder, position);
  }

  /** Writes a fragment. Column lists and names keep their text, because they are written over and over. */
  fragment(fragment: Sql): void {
    const content = contentOf(fragment);
    const keeps = content.kind === "identifier" || content.kind === "join";
    const kept = keeps ? keptTexts.get(content) : undefined;
    if (kept?.dialect === this.#shared) {
      this.#text += kept.text;
      return;
    }
    const start = this.#text.length;
    const dependents = this.#dependents();
    if (++this.#depth > maxDepth) {
      const advice = "collect the parts in an array, and put them together once with sql.join, sql.and or sql.or";
      throw parameterError(`fragments stand more than ${maxDepth} deep in one another; ${advice}`, this.#bound.place);
    }
    this.#write(content);
    this.#depth--;
    if (keeps && dependents === this.#dependents()) {
      keptTexts.set(content, { dialect: this.#shared, text: this.#text.slice(start) });
    }
  }

  /** How much was written that depends on what stands around it. */
  #dependents(): number {
    return this.#bound.values.length + this.#native.length + this.#emptyLists;
  }

  #write(content: SqlContent): void {
    switch (content.kind) {
      case "template":
        this.#template(content);
        break;
      case "raw":
        this.text(content.text);
        break;
      case "identifier":
        this.text(quoteIdentifier(resolveIdentifier(content.parts, this.#target), this.#target.dialect));
        break;
      case "list":
        this.#list(content.values);
        break;
      case "rows":
        this.#rows(content.rows);
        break;
      case "join":
        this.#separated(content.parts, () => this.fragment(content.separator));
        break;
      case "and":
      case "or":
        this.#conditions(content.kind, content.conditions);
        break;
      default:
        throw parameterError("a fragment comes from a newer version of the library than this one", this.#bound.place);
    }
  }

  /** The finished statement. */
  finish(): Statement {
    const count = this.#bound.values.length;
    if (this.#native.length > 0) refuseNative(this.#native, count, this.#bound.place);
    return this.#bound.statement(this.#text);
  }

  #template({ strings, values }: TemplateContent): void {
    const { native, gaps } = readTemplate(strings, this.#shared, this.#target);
    if (native.length > 0) this.#native.push(...native);
    for (let index = 0; index < strings.length; index++) {
      this.#text += strings[index];
      if (index === values.length) break;
      const before = this.#bound.values.length;
      this.item(values[index]);
      // Raw text may stand there; a placeholder would be part of the string, and on SQL Server nobody would notice.
      if (gaps[index] !== undefined && this.#bound.values.length > before) {
        const advice = "build the whole text as the value, or move it out";
        throw parameterError(`parameter ${before + 1} stands inside ${gaps[index]}; ${advice}`, this.#bound.place);
      }
    }
  }

  #list(values: readonly unknown[]): void {
    const { maxInList } = this.#target.dialect;
    if (values.length > maxInList) {
      const advice = "cut it into several, or join a table";
      throw parameterError(
        `a list has ${values.length} values, the engine takes at most ${maxInList}; ${advice}`,
        this.#bound.place,
      );
    }
    if (values.length > 0) this.#separated(values, () => this.text(", "));
    else {
      this.#text += emptyList(this.#text, this.#bound.place);
      this.#emptyLists++;
    }
  }

  #rows(rows: readonly (readonly unknown[])[]): void {
    const { maxRowsPerValues, selectNeedsFrom } = this.#target.dialect;
    // An engine without lists of rows takes the same from a union, wherever VALUES may stand.
    const union = maxRowsPerValues === 1 && rows.length > 1;
    if (rows.length > maxRowsPerValues && !union) {
      const advice = "use bulkInsert, or cut them";
      throw parameterError(
        `${rows.length} rows of values, the engine takes at most ${maxRowsPerValues}; ${advice}`,
        this.#bound.place,
      );
    }
    const from = selectNeedsFrom === null ? "" : ` from ${selectNeedsFrom}`;
    const [open, close] = union ? ["select ", from] : ["(", ")"];
    if (!union) this.#text += "values ";
    for (const [index, row] of rows.entries()) {
      if (index > 0) this.#text += union ? " union all " : ", ";
      this.#text += open;
      this.#separated(row, () => this.text(", "));
      this.#text += close;
    }
  }

  #conditions(word: "and" | "or", conditions: readonly Sql[]): void {
    const used = conditions.filter((condition) => !isEmpty(contentOf(condition)));
    if (used.length === 0) {
      this.#text += word === "and" ? "(1=1)" : "(1=0)";
      return;
    }
    this.#text += "(";
    for (const [index, condition] of used.entries()) {
      this.#text += index === 0 ? "(" : `) ${word} (`;
      this.fragment(condition);
    }
    this.#text += "))";
  }

  #separated(items: readonly unknown[], separate: () => void): void {
    for (let index = 0; index < items.length; index++) {
      if (index > 0) separate();
      this.item(items[index]);
    }
  }
}

function isEmpty(content: SqlContent): boolean {
  return content.kind === "raw" && content.text === "";
}
