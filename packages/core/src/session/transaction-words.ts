import type { DialectFacts } from "../driver/index.ts";

const chain = "(?:\\s+and\\s+(?:no\\s+)?chain)?";
const over = "\\s*(?:;|$)";
/** Words that may as well be the name of a procedure, in a block of Oracle's: `begin work.run(); end;`. */
const noName = "(?!\\s*[.(:=@%\\[])";

/** How a statement starts that ends a transaction, or begins one, on every engine that knows it. */
const control = [
  // Oracle's FORCE, and COMMIT PREPARED, end transactions of others.
  "commit\\b(?!\\s+(?:prepared|force)\\b)",
  // With a name behind it SQL Server goes back to a savepoint, as TO does elsewhere.
  `rollback(?:\\s+(?:work|transaction|tran))?${chain}${over}`,
  "start\\s+transaction\\b",
  `begin(?:${over}|\\s+(?:tran|transaction|work|deferred|immediate|exclusive|isolation\\s+level|read\\s+(?:only|write))\\b${noName})`,
].join("|");
/** Where these are not at the start of a text, they are the end of a block. */
const alone = `(?:end|abort)(?:\\s+(?:work|transaction))?${chain}${over}|prepare\\s+transaction\\s*'`;

/** Blanks and comments; of nested comments, where one ends depends on the engine. */
const lead = "^(?:\\s|--[^\\n]*\\n|/\\*(?:(?!\\*/|/\\*)[\\s\\S])*\\*/)*";
const first = new RegExp(`${lead}(?:${control}|${alone})`, "i");
const later = new RegExp(`;\\s*(?:${control})`, "i");
/** A text that begins and ends a block of code. */
const block = /\bbegin\b[\s\S]*\bend\b/i;
/** Where one of these is, a semicolon may be inside of something: a string, a name, a comment, the body of a procedure. */
const opaque = /['"`$[]|--|\/\*|^\s*(?:create|alter)\b|\bbegin\s+(?!tran|work)|\bas\s+begin\b/i;

/**
 * Says whether a text ends or begins a transaction, as far as that is certain from its words. What is not certain is sent, and noticed by what the
 * server answers.
 */
export function controlsTransaction(text: string): boolean {
  return (
    (mayStartSo(text) && first.test(text) && !block.test(text)) ||
    (text.includes(";") && later.test(text) && !opaque.test(text) && !block.test(text))
  );
}

/** Nearly every statement begins with a letter that none of these does. */
function mayStartSo(text: string): boolean {
  const code = text.charCodeAt(0) | 32;
  return (
    code <= 97 ||
    code >= 123 ||
    code === 98 ||
    code === 99 ||
    code === 101 ||
    code === 112 ||
    code === 114 ||
    code === 115
  );
}

const onlyData = /^\s*(?:select|with|insert|update|delete|merge|values)\b/i;

/** Says whether a statement may commit what came before it, where DDL does so: it may be DDL, or a block or procedure that has some. */
export function mayCommit(
  text: string | undefined,
  { transactionalDdl }: Pick<DialectFacts, "transactionalDdl">,
): boolean {
  return !transactionalDdl && text !== undefined && !onlyData.test(text);
}
