import { CommitOutcomeUnknownError, PartialCommitError } from "../../errors/index.ts";
import type { DatabasePart } from "./database-part.ts";
import { type Ending, undo } from "./protocol.ts";

/** Some have committed, and others have not. */
export interface PartialEnding {
  readonly outcome: "partial";
  readonly error: PartialCommitError;
}

/**
 * Commits one database after the other, in the order of the labels, once those behind the first have checked their deferred constraints. What fails
 * before anything is committed rolls everything back; what fails later leaves those that have committed as they are.
 */
export async function commitInOrder(parts: readonly DatabasePart[]): Promise<Ending | PartialEnding> {
  const begun = parts.filter((part) => part.state !== "untouched");
  try {
    // The first one's own COMMIT checks them before anything is kept.
    await Promise.all(begun.slice(1).map((part) => part.checkDeferred()));
  } catch (error) {
    return undo(parts, [], error);
  }
  for (const [index, part] of parts.entries()) {
    if (part.state === "untouched") continue;
    try {
      await part.commit();
    } catch (error) {
      const ended = await undo(parts.slice(index + 1), [], error);
      if (parts.some((it) => it.known === "committed"))
        return { outcome: "partial", error: partial(parts, part, error) };
      if (!(error instanceof CommitOutcomeUnknownError)) return ended;
      return { outcome: "unknown", error, prepared: [], unknown: part };
    }
  }
  return { outcome: "committed", prepared: [], left: { pending: [], gone: [] } };
}

function partial(
  parts: readonly DatabasePart[],
  { label, context: { engine } }: DatabasePart,
  cause: unknown,
): PartialCommitError {
  const done = parts.filter((part) => part.known === "committed").map((part) => part.label);
  const message = `${label} (${engine}) did not commit, and ${done.join(", ")} had committed already`;
  const labels = Object.fromEntries(parts.map((part) => [part.label, part.known]));
  return new PartialCommitError(message, { database: label, engine, labels, cause });
}
