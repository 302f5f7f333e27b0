import { ConfigurationError, type Database, quoteIdentifier, type StatementPlan } from "@nsj/mdb-core";
import type { RecordedStatement } from "./recorded-statement.ts";

type Ask = (database: Database, text: string) => Promise<StatementPlan>;

const readsOrWrites = /^\s*(?:select|with|insert|update|delete|merge)\b/i;

/** What reads a table of more than `rows` rows whole, a line for each. */
export async function indexFindings(
  statements: readonly RecordedStatement[],
  rows: number,
  databaseOf: (label: string) => Database | undefined,
  ask: Ask,
): Promise<string[]> {
  const texts = new Map<string, RecordedStatement>();
  for (const it of statements) {
    if (it.text !== undefined && readsOrWrites.test(it.text)) texts.set(`${it.database}\n${it.text}`, it);
  }
  const findings: string[] = [];
  for (const { database: label, text = "", caller } of texts.values()) {
    const database = databaseOf(label);
    if (database === undefined) {
      throw new ConfigurationError("expectIndexed() needs the databases: record({ manager }, ...)", {
        database: label,
      });
    }
    const { scans } = await ask(database, text);
    for (const name of scans) {
      const table = tableOf(text, name);
      const count = await rowsOf(database, table);
      if (count <= rows) continue;
      findings.push(
        `${label}: ${table}, ${count} rows, by\n  ${text.replace(/\s+/g, " ").trim()}\n  at ${caller ?? "?"}`,
      );
    }
  }
  return findings;
}

/** The table that a plan calls by an alias. */
function tableOf(text: string, name: string): string {
  const alias = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const named = new RegExp(
    String.raw`\b(?:from|join|update|into|,)\s*"?([\w$]+)"?\s+(?:as\s+)?"?${alias}"?(?![\w$])`,
    "i",
  );
  const found = named.exec(text)?.[1];
  return found === undefined || /^(?:select|set|where|on|lateral)$/i.test(found) ? name : found;
}

async function rowsOf(database: Database, table: string): Promise<number> {
  return Number(await database.queryScalar(`select count(*) from ${quoteIdentifier([table], database.dialect)}`));
}
