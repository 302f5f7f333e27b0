import { UnknownDatabaseError } from "../errors/index.ts";
import { nearestName, nearestNames } from "../internal/nearest-name.ts";

/** So many labels an error names. */
const labelsInError = 5;

/** The error for a label that no database has. @param known - the labels that there are */
export function unknownDatabase(asked: string, known: readonly string[]): UnknownDatabaseError {
  // A variable of the environment that is not set is asked for like any other.
  const label = String(asked);
  const labelCount = known.length;
  const all = labelCount <= labelsInError;
  const labels = all ? known : nearestNames(label, known, labelsInError);
  const suggestion = nearestName(label, labels);
  const hint = suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
  const listed = labels.map((it) => `"${it}"`).join(", ");
  const some = all ? `there are ${listed}` : `there are ${labelCount}, the nearest are ${listed}`;
  const what = labelCount === 0 ? "none is configured" : some;
  const message = `no database is called "${label}": ${what}${hint}`;
  return new UnknownDatabaseError(message, { labels, labelCount, suggestion });
}
