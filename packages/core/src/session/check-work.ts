import { ParameterError } from "../errors/index.ts";
import { kindInWords } from "../internal/kind-in-words.ts";
import { type DatabaseContext, nameOf } from "./database-context.ts";

/** @throws ParameterError for work that cannot be called: a promise of what has begun already, options in its place, or none */
export function checkWork(context: DatabaseContext | undefined, work: unknown): void {
  if (typeof work === "function") return;
  const subject = context === undefined ? "" : `${nameOf(context)}: `;
  const message = `${subject}the work is a function, as in async (tx) => { ... }, not ${kindInWords(work)}`;
  throw new ParameterError(
    message,
    context === undefined ? {} : { database: context.database, engine: context.engine },
  );
}
