import { type DialectFacts, type Statement, StatementCache } from "../driver/index.ts";
import { lex } from "./lexer.ts";
import type { StatementTarget } from "./parameter-error.ts";
import { placeholder, placeholdersRepeat, refuseNative } from "./placeholder.ts";
import { sharedDialect } from "./shared-dialect.ts";

/** A text with `:name` placeholders, read once. */
export interface TextPlan {
  /** As the caller wrote it. */
  readonly source: string;
  /** With the engine's placeholders. */
  readonly text: string;
  /** The text around the placeholders: one more than there are placeholders. */
  readonly pieces: readonly string[];
  /** The name of each placeholder, in the order of the text. */
  readonly occurrences: readonly string[];
  /** The name behind each value, in the engine's order. */
  readonly order: readonly string[];
  /** Each name once. */
  readonly names: readonly string[];
  /** For a text without names. */
  readonly withoutValues: Statement;
}

/** Enough for the texts of a large application; the texts of a script that generates them are pushed out again. */
const maxPlans = 1_000;
/** One cache serves every database of an engine. */
const maxBytes = 8 * 1024 * 1024;
/** A longer text is read each time: reading it is nothing beside running it, and keeping it would be. */
const maxKeptLength = 20_000;

/** By the dialect of each database; those with the same facts have one cache. */
const caches = new WeakMap<DialectFacts, StatementCache<TextPlan>>();

/** Reads a text for one dialect; the second time from memory. @throws ParameterError when two kinds of placeholder are mixed. */
export function planText(source: string, target: StatementTarget): TextPlan {
  const cache = caches.get(target.dialect) ?? cacheOf(target.dialect);
  let plan = cache.get(source);
  if (plan === undefined) {
    plan = read(source, target);
    if (source.length <= maxKeptLength) cache.set(source, plan);
  }
  return plan;
}

function cacheOf(dialect: DialectFacts): StatementCache<TextPlan> {
  const shared = sharedDialect(dialect);
  const cache = caches.get(shared) ?? new StatementCache<TextPlan>(maxPlans, undefined, maxBytes);
  caches.set(shared, cache);
  caches.set(dialect, cache);
  return cache;
}

function read(source: string, target: StatementTarget): TextPlan {
  const { named, native } = lex(source, target.dialect);
  const pieces: string[] = [];
  const order: string[] = [];
  const positions = new Map<string, number>();
  const repeats = placeholdersRepeat(target.dialect.placeholder);
  let text = "";
  let at = 0;
  for (const { start, end, name } of named) {
    const piece = source.slice(at, start);
    let position = repeats ? positions.get(name) : undefined;
    if (position === undefined) {
      position = order.push(name);
      positions.set(name, position);
    }
    pieces.push(piece);
    text += piece + placeholder(target.dialect.placeholder, position);
    at = end;
  }
  pieces.push(source.slice(at));
  refuseNative(native, order.length, { ...target, statement: source });
  return {
    source,
    text: text + source.slice(at),
    pieces,
    occurrences: named.map(({ name }) => name),
    order,
    names: [...positions.keys()],
    withoutValues: Object.freeze({ text: source, values: Object.freeze([]) }),
  };
}
