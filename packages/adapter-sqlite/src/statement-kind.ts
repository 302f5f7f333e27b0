import { leadingWords } from "./tokens.ts";

/** What running a statement may change besides rows; read from its first words. */
export interface StatementKind {
  /** It may begin or end a transaction. */
  readonly control: boolean;
  /** It may change tables, columns or types, so that what is known of other statements' columns no longer holds. */
  readonly schema: boolean;
  /** It may change the connection itself: its settings, its temporary tables, what is attached. */
  readonly session: boolean;
  /** SQLite counts the rows that it changes. */
  readonly counted: boolean;
  /** It may be kept and run again. A PRAGMA may take effect when it is prepared, so it must not. */
  readonly reusable: boolean;
}

const kind = (facts: Partial<StatementKind>): StatementKind =>
  Object.freeze({ control: false, schema: false, session: false, counted: false, reusable: true, ...facts });

const rows = kind({});
const changes = kind({ counted: true });
const transaction = kind({ control: true });
const schema = kind({ schema: true });
const session = kind({ schema: true, session: true, reusable: false });

const byWord: ReadonlyMap<string, StatementKind> = new Map([
  ["SELECT", rows],
  ["VALUES", rows],
  ["EXPLAIN", rows],
  ["INSERT", changes],
  ["UPDATE", changes],
  ["DELETE", changes],
  ["REPLACE", changes],
  // A WITH may stand before a SELECT as before an INSERT; for a SELECT nothing is counted because it returns rows.
  ["WITH", changes],
  ["BEGIN", transaction],
  ["COMMIT", transaction],
  ["END", transaction],
  ["ROLLBACK", transaction],
  ["SAVEPOINT", transaction],
  ["RELEASE", transaction],
  ["CREATE", schema],
  ["ALTER", schema],
  ["DROP", schema],
  ["REINDEX", schema],
  ["ANALYZE", schema],
  ["VACUUM", schema],
  ["PRAGMA", session],
  ["ATTACH", session],
  ["DETACH", session],
]);

/** The kind of one statement. What is not known is taken for the kind that needs most care. */
export function statementKind(text: string): StatementKind {
  const [word = ""] = leadingWords(text, 1);
  return byWord.get(word) ?? session;
}
