import { type Filter, type Op, op, type Sql, sql } from "@nsj/mdb-core";
import type { Member } from "./dao-bench.ts";
import { and, not, or, type Truth } from "./three-valued.ts";

/** What somebody who holds the rows in memory says about a part of a filter. */
interface Meaning {
  /** For one row; `null` where SQL neither finds nor excludes it. */
  fits(member: Member): Truth;
  /** For all rows there could be: `value` says for each comparison, by its number, how it turned out. */
  holds(value: (comparison: number) => boolean): boolean;
}

/** A filter, and what it has to mean. */
export interface RandomFilter extends Meaning {
  readonly filter: Filter<Member> | Sql;
  /** Whether it holds however its comparisons turn out. */
  readonly isAlwaysTrue: boolean;
}

type Column = "rank" | "team";
type ColumnOp = Op<never>;

const values = { rank: [0, 1, 2, 3], team: ["blue", "green", "red"] } as const;

/** A filter of at most so many levels, small enough for its truth table. @param random - gives numbers from 0 to 1 */
export function randomFilter(random: () => number, depth: number): RandomFilter {
  for (;;) {
    const { comparisons, ...made } = tried(random, depth);
    if (comparisons <= 12) return { ...made, isAlwaysTrue: holdsAlways(made, comparisons) };
  }
}

function tried(random: () => number, depth: number): Omit<RandomFilter, "isAlwaysTrue"> & { comparisons: number } {
  let comparisons = 0;
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const some = <T>(make: () => T): T[] => Array.from({ length: below(4) }, make);

  const compared = (fits: Meaning["fits"]): Meaning => {
    const number = comparisons++;
    return { fits, holds: (value) => value(number) };
  };
  const constant = (truth: boolean): Meaning => ({ fits: () => truth, holds: () => truth });

  function leaf(column: Column): [ColumnOp, Meaning] {
    const of = (test: (value: number | string) => boolean) => (member: Member) =>
      member[column] === null ? null : test(member[column]);
    const value = pick<number | string>(values[column]);
    const kinds: (() => [Op<unknown>, Meaning])[] = [
      () => [op.eq(value), compared(of((it) => it === value))],
      () => [op.ne(value), compared(of((it) => it !== value))],
      () => [op.lt(value), compared(of((it) => it < value))],
      () => [op.lte(value), compared(of((it) => it <= value))],
      () => [op.gt(value), compared(of((it) => it > value))],
      () => [op.gte(value), compared(of((it) => it >= value))],
      () => {
        const to = pick<number | string>(values[column]);
        return [op.between(value, to), compared(of((it) => it >= value && it <= to))];
      },
      () => [op.isNull(), compared((member) => member[column] === null)],
      () => [op.isNotNull(), compared((member) => member[column] !== null)],
      () => list(column, false),
      () => list(column, true),
    ];
    return pick(kinds)() as [ColumnOp, Meaning];
  }

  function list(column: Column, excludes: boolean): [Op<unknown>, Meaning] {
    const items = some(() => pick<number | string | null>([...values[column], null]));
    const found = (member: Member): Truth =>
      or(
        items.map((it) =>
          it === null ? member[column] === null : member[column] === null ? null : member[column] === it,
        ),
      );
    const excluded = (member: Member): Truth =>
      and(
        items.map((it) =>
          it === null ? member[column] !== null : member[column] === null ? null : member[column] !== it,
        ),
      );
    const meaning = items.length === 0 ? constant(excludes) : compared(excludes ? excluded : found);
    return [excludes ? op.notIn(items) : op.in(items), meaning];
  }

  function onColumn(column: Column, levels: number): [ColumnOp, Meaning] {
    if (levels === 0 || below(3) > 0) return leaf(column);
    const parts = some(() => onColumn(column, levels - 1));
    const ops = parts.map(([it]) => it);
    const meanings = parts.map(([, it]) => it);
    return below(2) === 0 ? [op.either(...ops), any(meanings)] : [op.both(...ops), all(meanings)];
  }

  function part(levels: number): [Filter<Member> | Sql, Meaning] {
    const kind = levels === 0 ? below(3) : below(7);
    if (kind < 2) {
      const column = pick<Column>(["rank", "team"]);
      const [operator, meaning] = onColumn(column, 2);
      return [{ [column]: operator }, meaning];
    }
    if (kind === 2) {
      return pick<() => [Filter<Member> | Sql, Meaning]>([
        () => [{}, constant(true)],
        () => [sql.empty, constant(true)],
        () => [sql.or([]), constant(false)],
        () => [sql.and([sql.empty, sql.and([])]), constant(true)],
        () => [sql`team = ${"red"}`, compared(({ team }) => (team === null ? null : team === "red"))],
      ])();
    }
    if (kind === 3) {
      const [inner, meaning] = part(levels - 1);
      return [
        { [op.not]: inner },
        { fits: (member) => not(meaning.fits(member)), holds: (value) => !meaning.holds(value) },
      ];
    }
    const parts = some(() => part(levels - 1));
    const filters = parts.map(([it]) => it);
    const meanings = parts.map(([, it]) => it);
    if (kind === 4) return [{ [op.or]: filters }, any(meanings)];
    if (kind === 5) return [{ [op.and]: filters }, all(meanings)];
    const [operator, meaning] = onColumn("rank", 1);
    return [{ rank: operator, [op.or]: filters }, all([meaning, any(meanings)])];
  }

  const [filter, meaning] = part(depth);
  return { ...meaning, filter, comparisons };
}

function all(meanings: readonly Meaning[]): Meaning {
  return {
    fits: (member) => and(meanings.map((it) => it.fits(member))),
    holds: (value) => meanings.every((it) => it.holds(value)),
  };
}

function any(meanings: readonly Meaning[]): Meaning {
  return {
    fits: (member) => or(meanings.map((it) => it.fits(member))),
    holds: (value) => meanings.some((it) => it.holds(value)),
  };
}

/** Reads the whole truth table. No comparison stands in it twice, so that each may turn out by itself. */
function holdsAlways(meaning: Meaning, comparisons: number): boolean {
  for (let line = 0; line < 2 ** comparisons; line++) {
    if (!meaning.holds((comparison) => (line >> comparison) % 2 === 1)) return false;
  }
  return true;
}
