/** Blanks and comments. */
const lead = String.raw`^(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;
const transaction = new RegExp(
  String.raw`${lead}(?:commit|rollback|abort|start\s+transaction|begin\s*(?:;|$)|begin\s+(?:tran|transaction|work|immediate|deferred|exclusive)|prepare\s+transaction)\b`,
  "i",
);
const temporary = /^\s*(?:create|drop)\s+temporary\b/i;
const definition = new RegExp(
  String.raw`${lead}(?:create|alter|drop|truncate|rename|grant|revoke|comment\s+on|analyze|optimize|lock\s+tables|unlock\s+tables)\b`,
  "i",
);

/** Why a text cannot be run in a test that is rolled back; `undefined` where it can. */
export function refusedText(text: string, transactionalDdl: boolean): string | undefined {
  if (transaction.test(text)) return "a text that begins or ends a transaction would end the test's own";
  if (!transactionalDdl && definition.test(text) && !temporary.test(text)) {
    return "the engine commits before and after DDL, so it cannot be undone; do it before the test begins";
  }
  return undefined;
}
