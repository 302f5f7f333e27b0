import type { BackingValue } from "../../shared/backing-cursor.ts";
import type { BulkLoadData } from "../protocol/bulk-load.ts";
import type { Statement } from "../tsql/ast.ts";
import { backingType, emitName, quote } from "../tsql/emission.ts";
import { backingIdentifier } from "../tsql/identifier.ts";
import type { SqlSession } from "./session.ts";
import { NotUnderstoodError, SqlServerError } from "./sql-server-error.ts";

/** PostgreSQL takes 65 535 parameters in one statement. */
const maximumParameters = 60_000;

/** Inserts the rows of a bulk load, all or none. Gives their number. */
export async function loadRows(
  session: SqlSession,
  announced: Extract<Statement, { kind: "insert-bulk" }>,
  data: BulkLoadData,
): Promise<number> {
  const table = emitName(announced.table, session);
  return session.statement(async () => {
    const facts = await columnFacts(session, table, announced.options);
    const factsAt = (index: number) => facts.get(backingIdentifier(nameAt(data, index)));
    // Values for an identity column are made by the server whatever the client sends.
    const kept = data.columns.map((_, index) => index).filter((index) => factsAt(index)?.identity !== true);
    const columns = kept.map((index) => quote(nameAt(data, index))).join(", ");
    const perStatement = Math.max(1, Math.floor(maximumParameters / Math.max(1, kept.length)));
    for (let start = 0; start < data.rows.length; start += perStatement) {
      session.checkAttention();
      const values: BackingValue[] = [];
      const rows = data.rows.slice(start, start + perStatement).map((row) => {
        const fields = kept.map((index) => {
          const value = row[index] ?? null;
          if (value === null) return defaultsNull(factsAt(index), announced.options) ? "DEFAULT" : "NULL";
          const type = data.columns[index]?.type;
          if (type === undefined) throw new RangeError("a row with more values than columns");
          values.push(value);
          return `$${values.length}::${backingType(type)}`;
        });
        return `(${fields.join(", ")})`;
      });
      await session.postgres.run(`INSERT INTO ${table} (${columns}) VALUES ${rows.join(", ")}`, values);
    }
    return data.rows.length;
  });
}

interface ColumnFacts {
  readonly identity: boolean;
  readonly hasDefault: boolean;
}

async function columnFacts(
  session: SqlSession,
  table: string,
  options: readonly string[],
): Promise<ReadonlyMap<string, ColumnFacts>> {
  const { rows } = await session.postgres.run(
    "SELECT attname, attidentity <> '', atthasdef FROM pg_attribute WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped",
    [table],
  );
  if (rows.length === 0)
    throw new SqlServerError(208, `Invalid object name '${table.replaceAll('"', "")}'.`, { reach: "batch" });
  if (!options.includes("CHECK_CONSTRAINTS")) {
    const { rows: unchecked } = await session.postgres.run(
      "SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass($1::text) AND contype IN ('c', 'f') AND conname COLLATE \"C\" NOT LIKE 'mssql\\_%'",
      [table],
    );
    if (unchecked.length > 0) throw new NotUnderstoodError("a bulk load that goes past constraints");
  }
  return new Map(
    rows.map(([name, identity, fallback]) => [
      String(name),
      { identity: identity === "t", hasDefault: fallback === "t" },
    ]),
  );
}

function nameAt(data: BulkLoadData, index: number): string {
  return data.columns[index]?.name ?? "";
}

function defaultsNull(facts: ColumnFacts | undefined, options: readonly string[]): boolean {
  return facts?.hasDefault === true && !options.includes("KEEP_NULLS");
}
