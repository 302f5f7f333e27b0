/** Blanks and comments. */
const lead = String.raw`^(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;
const over = String.raw`\s*(?:;|$)`;
/** END is COMMIT for PostgreSQL and SQLite; MySQL commits where autocommit is switched on. */
const control = String.raw`(?:commit|rollback|abort)\b|end(?:\s+(?:work|transaction))?${over}|start\s+transaction\b|begin(?:${over}|\s+(?:tran|transaction|work|immediate|deferred|exclusive)\b)|prepare\s+transaction\b|set\s+(?:session\s+|@@(?:session\.)?)?autocommit\b`;
const first = new RegExp(`${lead}(?:${control})`, "i");
const later = new RegExp(String.raw`;\s*(?:${control})`, "i");
/** Where one of these is, a semicolon may be inside of a string, a name, a comment or a body. */
const opaque = /['"`$[]|--|\/\*|\bbegin\s+(?!tran|work)|^\s*(?:create|alter|do)\b/i;
const temporary = new RegExp(String.raw`${lead}(?:create(?:\s+or\s+replace)?|drop)\s+temporary\b`, "i");
/** What MariaDB, MySQL and Oracle commit before and after. */
const definition = new RegExp(
  String.raw`${lead}(?:(?:create|alter|drop|truncate|rename|grant|revoke|analyze|optimize|repair|flush|reset|install|uninstall|purge)\b|comment\s+on\b|set\s+password\b|(?:check|lock|unlock)\s+tables?\b|(?:cache|load)\s+index\b)`,
  "i",
);

/** Why a text cannot be run in a test that is rolled back; `undefined` where it can. */
export function refusedText(text: string, transactionalDdl: boolean): string | undefined {
  if (controlsTransaction(text)) return "a text that begins or ends a transaction would end the test's own";
  if (!transactionalDdl && definition.test(text) && !temporary.test(text)) {
    return "the engine commits before and after DDL, so it cannot be undone; do it before the test begins";
  }
  return undefined;
}

function controlsTransaction(text: string): boolean {
  return first.test(text) || (later.test(text) && !opaque.test(text));
}
