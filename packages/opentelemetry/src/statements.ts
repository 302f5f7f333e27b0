import type { QueryEvent } from "@nsj/mdb-core";
import { type Attributes, SpanKind, type SpanOptions } from "@opentelemetry/api";
import type { Settings } from "./options.ts";
import { withoutLiterals } from "./sql-words.ts";
import { operationOf, summaryOf } from "./summary.ts";
import { isInMemory, targetAttributes } from "./target-attributes.ts";

/** What spans and metrics say of a statement; made once for each text of a database. */
export interface Described {
  readonly name: string;
  /** What spans are made with. */
  readonly span: SpanOptions & { readonly attributes: Attributes };
  /** What is recorded with. */
  readonly metric: Attributes;
}

/** Characters of the texts that are remembered, all together; then all are forgotten, and those in use come back one by one. */
const mostCharacters = 4_000_000;
/** A longer text is read anew each time. */
const longestText = 50_000;
/** Of one text: names, tables. */
const mostAlike = 20;
/** What else is kept of a text, as if it were characters. */
const besides = 500;

type Facts = Pick<QueryEvent, "database" | "kind" | "manager" | "name" | "operation" | "parameterized" | "table"> & {
  readonly isBatch: boolean;
};

interface Known {
  readonly of: Facts;
  readonly described: Described;
}

/** What statements are called. The number of different names is bounded, however many texts there are. */
export class Statements {
  readonly #settings: Settings;
  #known = new WeakMap<QueryEvent["target"], Map<string | undefined, Known[]>>();
  #characters = 0;
  readonly #summaries = new Map<string, Set<string>>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Asked for every statement: a text that has been seen costs two look-ups. */
  describe(event: QueryEvent): Described {
    const alike = this.#known.get(event.target)?.get(event.statement);
    const isBatch = isBatchOf(event);
    if (alike !== undefined) for (const { of, described } of alike) if (isLike(of, event, isBatch)) return described;
    const described = this.#describe(event, isBatch);
    this.#remember(event, described, isBatch);
    return described;
  }

  #remember(event: QueryEvent, described: Described, isBatch: boolean): void {
    const { database, kind, manager, name, operation, parameterized, statement = "", table, target } = event;
    if (statement.length > longestText) return;
    this.#characters += statement.length + besides;
    if (this.#characters > mostCharacters) {
      this.#known = new WeakMap();
      this.#characters = statement.length + besides;
    }
    const texts = this.#known.get(target) ?? new Map<string | undefined, Known[]>();
    this.#known.set(target, texts);
    const known: Known = { of: { database, kind, manager, name, operation, parameterized, table, isBatch }, described };
    const alike = texts.get(event.statement);
    if (alike === undefined || alike.length >= mostAlike) texts.set(event.statement, [known]);
    else alike.push(known);
  }

  #summariesOf({ manager, database }: QueryEvent): Set<string> {
    const key = `${manager}/${database}`;
    const found = this.#summaries.get(key) ?? new Set<string>();
    this.#summaries.set(key, found);
    return found;
  }

  #describe(event: QueryEvent, isBatch: boolean): Described {
    const { engine, kind, statement, operation, table, target, database } = event;
    const { address } = target;
    const where = targetAttributes(engine, target);
    const summary = this.#summary(event, isBatch ? [batch] : []);
    const metric: Attributes = { ...where };
    if (summary !== "") metric["db.query.summary"] = summary;
    if (operation !== undefined) metric["db.operation.name"] = operation;
    if (table !== undefined) metric["db.collection.name"] = table;
    const attributes: Attributes = { ...metric, "mdb.database": database };
    if (event.name !== undefined) attributes["mdb.query.name"] = event.name;
    if (kind === "call" && statement !== undefined)
      attributes["db.stored_procedure.name"] = statement.replace(/^call /, "");
    const text = this.#text(event);
    if (text !== undefined) attributes["db.query.text"] = text;
    const span = { kind: isInMemory(engine, address) ? SpanKind.INTERNAL : SpanKind.CLIENT, attributes };
    const about = table ?? where["db.namespace"] ?? where["server.address"];
    const spoken = operation === undefined ? "" : about === undefined ? operation : `${operation} ${String(about)}`;
    return { name: summary || spoken || String(where["db.system.name"]), span, metric: inOrder(metric) };
  }

  #summary(event: QueryEvent, before: readonly string[]): string {
    const { engine, statement, parameterized } = event;
    if (statement === undefined) return "";
    if (!parameterized) return operationOf(engine, statement);
    const summaries = this.#summariesOf(event);
    const summary = summaryOf(engine, statement, before);
    if (summaries.has(summary)) return summary;
    if (summaries.size >= this.#settings.summaryLimit) return [...before, operationOf(engine, statement)].join(" ");
    summaries.add(summary);
    return summary;
  }

  #text({ engine, statement, parameterized }: QueryEvent): string | undefined {
    if (this.#settings.queryText === false || statement === undefined) return undefined;
    return parameterized ? statement : withoutLiterals(engine, statement);
  }
}

/** What the conventions call several operations that are sent as one: here, a statement with other than one set of parameters. */
const batch = "BATCH";

/** By name: the SDK brings them into that order at each record, which is quick where they have it. */
function inOrder(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function isBatchOf({ kind, batchSize }: QueryEvent): boolean {
  return kind === "many" && batchSize !== undefined && batchSize !== 1;
}

function isLike(one: Facts, other: QueryEvent, isBatch: boolean): boolean {
  return (
    one.isBatch === isBatch &&
    one.database === other.database &&
    one.manager === other.manager &&
    one.kind === other.kind &&
    one.parameterized === other.parameterized &&
    one.name === other.name &&
    one.table === other.table &&
    one.operation === other.operation
  );
}
