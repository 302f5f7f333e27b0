import type { SessionContext } from "@nsj/mdb-core";
import { quoteIdentifier } from "./dialect.ts";
import type { Prelude } from "./flight.ts";

const nothing: readonly Prelude[] = Object.freeze([]);

/** What travels with each statement outside a transaction and with each BEGIN: what the options ask for, and a context, which may overrule that. */
export function localPreludes(setup: Prelude | undefined, context: SessionContext | undefined): readonly Prelude[] {
  if (context === undefined) return setup === undefined ? nothing : [setup];
  return setup === undefined ? [contextPrelude(context)] : [setup, contextPrelude(context)];
}

/** Contexts live as long as their owners, and each is used again and again. */
const preludes = new WeakMap<SessionContext, Prelude>();

/**
 * What sets a context for one transaction, or for the implicit one of a single statement: the server itself takes it back at the end, whatever
 * the end is. One statement of its own, and not SET LOCAL, which takes no parameters. The role comes last: it may not be allowed to set the rest.
 */
function contextPrelude(context: SessionContext): Prelude {
  let prelude = preludes.get(context);
  if (prelude === undefined) {
    const { schema, settings = {}, role } = context;
    const values = [
      ...(schema === undefined ? [] : ["search_path", quoteIdentifier(schema)]),
      ...Object.entries(settings).flat(),
      ...(role === undefined ? [] : ["role", role]),
    ];
    const calls: string[] = [];
    for (let at = 1; at < values.length; at += 2) calls.push(`pg_catalog.set_config($${at}, $${at + 1}, true)`);
    prelude = { text: `select ${calls.join(", ")}`, values };
    preludes.set(context, prelude);
  }
  return prelude;
}
