import type { BulkTarget, ParameterValue } from "@nsj/mdb-core";
import { mysqlDialect, quoteIdentifier, quoteName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { Session } from "./session.ts";

type Row = readonly ParameterValue[];

const mostRows = 1_000;
/** Longer statements are not quicker, and keep the server's memory. */
const mostBytes = 1_048_576;
const savepoint = "mdbbulk";

/**
 * Loads rows by INSERTs of many rows each, all or nothing. LOAD DATA LOCAL would be quicker, but makes warnings of errors: rows that do not fit would be changed or left
 * out.
 */
export async function bulkLoad(
  session: Session,
  target: BulkTarget,
  batches: AsyncIterable<readonly Row[]>,
): Promise<{ readonly rows: number }> {
  const isNested = session.state.txStatus !== "idle";
  await session.text(isNested ? `savepoint ${savepoint}` : "start transaction");
  try {
    const rows = await pump(new Inserts(session, target), batches, session);
    await session.text(isNested ? `release savepoint ${savepoint}` : "commit");
    return { rows };
  } catch (error) {
    await undo(session, isNested);
    throw error;
  }
}

async function pump(inserts: Inserts, batches: AsyncIterable<readonly Row[]>, session: Session): Promise<number> {
  const source = batches[Symbol.asyncIterator]();
  try {
    for (;;) {
      const item = await session.interruption.over(() => source.next());
      if (item.done === true) break;
      for (const row of item.value) {
        if (inserts.isFull(row)) await inserts.flush();
        inserts.add(row);
      }
    }
    await inserts.flush();
    return inserts.rows;
  } catch (error) {
    // Not awaited: a source that is stuck may never settle.
    source.return?.().then(undefined, () => undefined);
    throw error;
  }
}

/** A deadlock has ended the transaction, and its savepoints, already. */
async function undo(session: Session, isNested: boolean): Promise<void> {
  if (!session.link.alive) return;
  await session.interruption.delivered();
  await session.flush();
  await session.ping().catch(() => undefined);
  if (!session.state.inTransaction) return;
  try {
    await session.text(isNested ? `rollback to savepoint ${savepoint}` : "rollback");
    if (isNested) await session.text(`release savepoint ${savepoint}`);
  } catch (error) {
    // Rows of it may be kept by whoever commits.
    session.link.fail(error);
  }
}

class Inserts {
  rows = 0;
  readonly #session: Session;
  readonly #head: string;
  readonly #row: string;
  readonly #width: number;
  readonly #most: number;
  readonly #mostBytes: number;
  #values: ParameterValue[] = [];
  #count = 0;
  #bytes = 0;

  constructor(session: Session, { table, columns }: BulkTarget) {
    this.#session = session;
    this.#head = `insert into ${quoteName(table)} (${columns.map(quoteIdentifier).join(", ")}) values `;
    this.#row = `(${columns.map(() => "?").join(", ")})`;
    this.#width = columns.length;
    this.#most = Math.max(1, Math.min(mostRows, Math.floor(mysqlDialect.maxParameters / Math.max(1, columns.length))));
    this.#mostBytes = Math.min(mostBytes, session.link.maxPacket / 2);
  }

  isFull(next: Row): boolean {
    return this.#count === this.#most || (this.#count > 0 && this.#bytes + sizeOf(next) > this.#mostBytes);
  }

  add(row: Row): void {
    if (row.length !== this.#width) {
      const index = this.rows + this.#count;
      throw refusal("parameter", `row ${index} has ${row.length} values for ${this.#width} columns`);
    }
    for (const value of row) this.#values.push(value);
    this.#bytes += sizeOf(row);
    this.#count++;
  }

  async flush(): Promise<void> {
    if (this.#count === 0) return;
    const text = this.#head + Array.from({ length: this.#count }, () => this.#row).join(", ");
    const values = this.#values;
    this.rows += this.#count;
    this.#values = [];
    this.#count = 0;
    this.#bytes = 0;
    await this.#session.execute({ text, values });
  }
}

/** About as many bytes as it takes on the wire, rather more. */
function sizeOf(row: Row): number {
  let size = 0;
  for (const value of row) {
    size += typeof value === "string" ? value.length * 3 + 9 : value instanceof Uint8Array ? value.length + 9 : 16;
  }
  return size;
}
