import { UnsupportedError } from "../errors/index.ts";
import {
  checkSpanningOptions,
  type DatabaseContext,
  type ExecutorInternals,
  internalsOf,
  nameOf,
  refuseUnable,
  type SpanningOptions,
} from "../session/index.ts";
import type { Database } from "./database.ts";
import { enterMember, type RoutedDatabase } from "./routed-database.ts";
import type { Entered } from "./router.ts";

/**
 * Runs a transaction over several labels of which some stand for many databases: with the member that the calling code means of each, which stays open until
 * it is over. Its time counts from the call.
 */
export async function withMembers<R>(
  databases: readonly Database[],
  contexts: readonly DatabaseContext[],
  options: SpanningOptions,
  run: (contexts: readonly DatabaseContext[], left: SpanningOptions) => Promise<R>,
): Promise<R> {
  const { mode, timeoutMs, signal } = checkSpanningOptions(options);
  if (mode === "atomic") refuseUnable(contexts);
  const [{ clock }] = contexts as readonly [DatabaseContext];
  const until = clock.now() + timeoutMs;
  const entered: Entered[] = [];
  try {
    const members: DatabaseContext[] = [];
    for (const [index, context] of contexts.entries()) {
      if (context.isRouted !== true) {
        members.push(context);
        continue;
      }
      const routed = databases[index] as Partial<Pick<RoutedDatabase, typeof enterMember>>;
      const member = await routed[enterMember]?.({ timeoutMs: Math.max(0, until - clock.now()), signal });
      if (member === undefined) throw noMember(context);
      entered.push(member);
      members.push((internalsOf(member.database) as ExecutorInternals).context);
    }
    return await run(members, { ...options, timeoutMs: Math.max(0, until - clock.now()) });
  } finally {
    for (const member of entered) member.end();
  }
}

/** Says that nobody knows which of its databases a label means. */
export function noMember(context: DatabaseContext): UnsupportedError {
  const message = `${nameOf(context)}: this label does not say which one of many databases is meant`;
  return new UnsupportedError(message, { database: context.database, engine: context.engine });
}
