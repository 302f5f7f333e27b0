import { gap } from "./between-words.ts";

const firstWords = new RegExp(`^${gap}*([a-z]+)(?:${gap}+([a-z]+))?`, "i");
const toSavepoint = new RegExp(`^${gap}*rollback(?:${gap}+work)?${gap}+to\\b`, "i");

/** Definitions, which commit before they run and after. ALTER SESSION and ALTER SYSTEM are none, and private temporary tables are not told of. */
const definitions = new Set(
  "alter analyze associate audit comment create disassociate drop flashback grant noaudit purge rename revoke truncate".split(
    " ",
  ),
);

/** How a text that has run has ended the transaction it ran in; `undefined` where by its own words it has not. */
export function endedBy(text: string): "committed" | "rolled back" | undefined {
  const [, first = "", second = ""] = firstWords.exec(text) ?? [];
  const [verb, next] = [first.toLowerCase(), second.toLowerCase()];
  if (verb === "commit") return "committed";
  if (verb === "rollback") return toSavepoint.test(text) ? undefined : "rolled back";
  if (!definitions.has(verb)) return undefined;
  if (verb === "alter" && (next === "session" || next === "system")) return undefined;
  if ((verb === "create" || verb === "drop") && /\bprivate\s+temporary\b|\bora\$ptt_/i.test(text)) return undefined;
  return "committed";
}
