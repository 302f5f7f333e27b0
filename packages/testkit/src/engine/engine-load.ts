import type { EngineValue } from "./engine-result.ts";
import type { EngineSession } from "./engine-session.ts";

/** Begins to load rows into a table. */
export async function startLoad(
  session: EngineSession,
  table: readonly string[],
  columns: readonly string[],
  signal: AbortSignal,
): Promise<EngineLoad> {
  const ownTransaction = session.status === "idle";
  if (ownTransaction) await session.begin({}, signal);
  await session.savepoint("bulk_load", signal);
  return new EngineLoad(session, table, columns, ownTransaction);
}

/** Rows on their way into a table: all of them or none. */
export class EngineLoad {
  readonly #session: EngineSession;
  readonly #text: string;
  readonly #ownTransaction: boolean;
  #rows = 0;

  constructor(session: EngineSession, table: readonly string[], columns: readonly string[], ownTransaction: boolean) {
    this.#session = session;
    this.#ownTransaction = ownTransaction;
    const places = columns.map(() => "?").join(", ");
    this.#text = `insert into ${table.map(quoted).join(".")} (${columns.map(quoted).join(", ")}) values (${places})`;
  }

  async add(rows: readonly (readonly EngineValue[])[], signal: AbortSignal): Promise<void> {
    for (const row of rows) {
      await this.#session.execute(this.#text, row, signal);
      this.#rows += 1;
    }
  }

  async finish(signal: AbortSignal): Promise<number> {
    await this.#session.release("bulk_load");
    if (this.#ownTransaction) await this.#session.commit(signal);
    return this.#rows;
  }

  /** Takes the rows back. An open transaction of the caller stays failed where a row had failed, as after any other statement. */
  async abort(): Promise<void> {
    if (this.#ownTransaction) {
      this.#session.rollback();
      return;
    }
    const failed = this.#session.status === "failed";
    await this.#session.rollbackTo("bulk_load");
    if (failed) this.#session.fail();
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
