import { UnsupportedError } from "../errors/index.ts";
import type { DatabaseContext } from "../session/index.ts";
import { isOutdatedForm } from "./output.ts";

/** Databases whose server refused a MERGE: some speak SQL Server's protocol and know none. */
const withoutMerge = new WeakSet<object>();

/** Runs `merge`, or, once the server has refused that as something that it cannot do, `otherwise`. */
export async function unlessMergeIsRefused<R>(
  { identity }: DatabaseContext,
  merge: () => Promise<R>,
  otherwise: () => Promise<R>,
): Promise<R> {
  if (withoutMerge.has(identity)) return otherwise();
  try {
    return await merge();
  } catch (error) {
    if (!(error instanceof UnsupportedError) || isOutdatedForm(error)) throw error;
  }
  withoutMerge.add(identity);
  return otherwise();
}
