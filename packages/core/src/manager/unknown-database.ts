import { ConfigurationError, UnknownDatabaseError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { nearestName, nearestNames } from "../internal/nearest-name.ts";

/** So many labels an error names. */
const labelsInError = 5;

/** @throws ConfigurationError for what cannot be a label */
export function checkLabel(label: unknown): void {
  if (typeof label === "string" && label !== "") return;
  throw new ConfigurationError(
    label === "" ? "a label must not be empty" : `a label is a text, not ${kindInWords(label)}`,
  );
}

/** The error for a label that no database has. @param known - the labels that there are */
export function unknownDatabase(label: unknown, known: readonly string[]): UnknownDatabaseError {
  const labelCount = known.length;
  const all = labelCount <= labelsInError;
  const name = typeof label === "string" ? label : "";
  const labels = all ? known : nearestNames(name, known, labelsInError);
  const suggestion = nearestName(name, labels);
  const hint = suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
  const listed = labels.map((it) => `"${it}"`).join(", ");
  const some = all ? `there are ${listed}` : `there are ${labelCount}, the nearest are ${listed}`;
  const what = labelCount === 0 ? "none is configured" : some;
  const problem =
    typeof label === "string" ? `no database is called "${label}"` : `a label is a text, not ${kindInWords(label)}`;
  const message = `${problem}: ${what}${hint}`;
  return new UnknownDatabaseError(message, { labels, labelCount, suggestion });
}
