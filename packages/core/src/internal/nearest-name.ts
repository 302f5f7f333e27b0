/** Longer names are compared by their beginning. */
const comparedLength = 64;

/** The candidate that was probably meant, or `undefined` when none is close. Case is ignored. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  return nearestNames(name, candidates, 1, Math.max(1, Math.floor(name.length / 3)))[0];
}

/**
 * The candidates nearest to a name, the nearest first, those that come first among equals. Case is ignored. Cheap for thousands: most are
 * out of the question by their length, and beginnings and ends in common cost next to nothing.
 *
 * @param count - at most this many
 * @param furthest - the most edits that may lie between
 */
export function nearestNames(
  name: string,
  candidates: Iterable<string>,
  count: number,
  furthest = Number.POSITIVE_INFINITY,
): readonly string[] {
  const wanted = comparable(name);
  const best: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    const limit = best.length < count ? furthest + 1 : (best[count - 1]?.distance ?? 0);
    const other = comparable(candidate);
    if (Math.abs(other.length - wanted.length) >= limit) continue;
    const distance = distanceBelow(limit, wanted, other);
    if (distance >= limit) continue;
    const place = best.findIndex((it) => it.distance > distance);
    best.splice(place < 0 ? best.length : place, 0, { candidate, distance });
    if (best.length > count) best.pop();
  }
  return best.map(({ candidate }) => candidate);
}

/** `; did you mean "x"?`, or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? "" : `; did you mean "${nearest}"?`;
}

function comparable(name: string): string {
  return name.slice(0, comparedLength).toLowerCase();
}

/** The edit distance, where it is below `limit`; else any number from `limit` on. */
function distanceBelow(limit: number, a: string, b: string): number {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  return editDistance(a.slice(start, endA), b.slice(start, endB), limit);
}

/** Damerau-Levenshtein distance in its optimal-string-alignment form: a swap of neighbours counts as one edit. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit && Math.min(...last) >= limit) return limit;
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
