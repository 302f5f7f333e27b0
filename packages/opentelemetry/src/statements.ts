import type { QueryEvent } from "@nsj/mdb-core";
import type { Attributes } from "@opentelemetry/api";
import type { Settings } from "./options.ts";
import { withoutLiterals } from "./sql-words.ts";
import { operationOf, summaryOf } from "./summary.ts";
import { targetAttributes } from "./target-attributes.ts";

/** What spans and metrics say of a statement; made once for each text of a label. */
export interface Described {
  readonly name: string;
  /** What spans are made with. */
  readonly span: Attributes;
  /** What is recorded with. */
  readonly metric: Attributes;
}

/** Texts that are remembered for each label. */
const rememberedTexts = 2_000;

/** Of one text: databases behind one label, names. */
const mostAlike = 20;

type Facts = Pick<QueryEvent, "kind" | "name" | "operation" | "table" | "target">;

interface OfLabel {
  readonly texts: Map<string | undefined, { readonly of: Facts; readonly described: Described }[]>;
  readonly summaries: Set<string>;
}

/** What statements are called. The number of different names is bounded, however many texts there are. */
export class Statements {
  readonly #settings: Settings;
  readonly #labels = new Map<string, OfLabel>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  describe(event: QueryEvent): Described {
    // A text with literals in it is most often another one each time.
    if (!event.parameterized && event.statement !== undefined) return this.#describe(event);
    const { texts } = this.#label(event);
    const alike = texts.get(event.statement);
    for (const it of alike ?? []) if (isLike(it.of, event)) return it.described;
    const described = this.#describe(event);
    const { kind, name, operation, table, target } = event;
    const entry = { of: { kind, name, operation, table, target }, described };
    if (alike !== undefined && alike.length < mostAlike) alike.push(entry);
    else {
      if (texts.size >= rememberedTexts) texts.clear();
      texts.set(event.statement, [entry]);
    }
    return described;
  }

  #label({ manager, database }: QueryEvent): OfLabel {
    const key = `${manager}/${database}`;
    let label = this.#labels.get(key);
    if (label === undefined) {
      label = { texts: new Map(), summaries: new Set() };
      this.#labels.set(key, label);
    }
    return label;
  }

  #describe(event: QueryEvent): Described {
    const { engine, kind, statement, operation, table, target, database } = event;
    const where = targetAttributes(engine, target);
    const summary = this.#summary(event);
    const metric: Attributes = { ...where };
    if (summary !== "") metric["db.query.summary"] = summary;
    if (operation !== undefined) metric["db.operation.name"] = operation;
    if (table !== undefined) metric["db.collection.name"] = table;
    const span: Attributes = { ...metric, "mdb.database": database };
    if (event.name !== undefined) span["mdb.query.name"] = event.name;
    if (kind === "call" && statement !== undefined) span["db.stored_procedure.name"] = statement.replace(/^call /, "");
    const text = this.#text(event);
    if (text !== undefined) span["db.query.text"] = text;
    const about = table ?? where["db.namespace"] ?? where["server.address"];
    const spoken = operation === undefined ? "" : about === undefined ? operation : `${operation} ${String(about)}`;
    return { name: summary || spoken || String(where["db.system.name"]), span, metric };
  }

  #summary(event: QueryEvent): string {
    const { engine, statement, parameterized } = event;
    if (statement === undefined) return "";
    if (!parameterized) return operationOf(engine, statement);
    const { summaries } = this.#label(event);
    const summary = summaryOf(engine, statement);
    if (summaries.has(summary)) return summary;
    if (summaries.size >= this.#settings.summaryLimit) return operationOf(engine, statement);
    summaries.add(summary);
    return summary;
  }

  #text({ engine, statement, parameterized }: QueryEvent): string | undefined {
    if (this.#settings.queryText === false || statement === undefined) return undefined;
    return parameterized ? statement : withoutLiterals(engine, statement);
  }
}

function isLike(one: Facts, other: Facts): boolean {
  return (
    one.target === other.target &&
    one.kind === other.kind &&
    one.table === other.table &&
    one.operation === other.operation &&
    one.name === other.name
  );
}
