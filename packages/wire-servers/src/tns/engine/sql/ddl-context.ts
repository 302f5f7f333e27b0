import { quotedPath } from "./names.ts";

/** What a definition is made for. */
export interface DdlContext {
  /** Objects without a schema belong to this one. */
  readonly schema: string;
  /** A name for a constraint that has none, as `SYS_C008123`. */
  systemName(): string;
}

/** The path of an object that a definition names. */
export function owned(context: DdlContext, path: readonly string[]): string {
  return quotedPath(path.length > 1 ? path : [context.schema, ...path]);
}
