import type { BulkTarget, ParameterValue } from "@nsj/mdb-core";
import { CopyFlight } from "./copy-flight.ts";
import { quoteIdentifier, quoteName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { Session } from "./session.ts";
import { encodeText } from "./values.ts";

type Rows = readonly (readonly ParameterValue[])[];

/** One COPY that runs. */
export interface BulkLoad {
  /** Rows that were loaded. @throws what the source, the server or an encoding threw; then nothing of it is kept. */
  readonly rows: Promise<number>;
  /** Makes it fail, also while it waits for its source. */
  giveUp(): void;
}

/** Loads batches of rows by COPY in text format. */
export function startBulkLoad(session: Session, target: BulkTarget, batches: AsyncIterable<Rows>): BulkLoad {
  let current: CopyFlight | undefined;
  const load = async (): Promise<number> => {
    const columns = target.columns.map(quoteIdentifier).join(", ");
    const text = `COPY ${quoteName(target.table)} (${columns}) FROM STDIN`;
    const flight = await session.sendAlone((ahead) => new CopyFlight(session.link, ahead, text));
    current = flight;
    await flight.started();
    return pump(flight, target.columns.length, batches);
  };
  return { rows: load(), giveUp: () => current?.giveUp() };
}

async function pump(flight: CopyFlight, width: number, batches: AsyncIterable<Rows>): Promise<number> {
  const source = batches[Symbol.asyncIterator]();
  let stop: (() => void) | undefined;
  const over = flight.result.then(
    () => stop?.(),
    () => stop?.(),
  );
  // A source that waits for something must not keep a COPY that the server has ended already. Not a race with `over`: that would keep every batch
  // until the load ends.
  const next = (): Promise<IteratorResult<Rows> | undefined> =>
    new Promise((resolve, reject) => {
      stop = () => resolve(undefined);
      source.next().then(resolve, reject);
    });
  try {
    let loaded = 0;
    while (flight.isOpen) {
      const item = await next();
      if (item === undefined || !flight.isOpen) break;
      if (item.done === true) {
        flight.complete();
        return await flight.result;
      }
      await flight.push(encodeRows(item.value, width, loaded));
      loaded += item.value.length;
    }
  } catch (error) {
    flight.giveUp();
    await over;
    letGo(source);
    throw error;
  }
  letGo(source);
  return flight.result;
}

/** Ends a source early. Not awaited: a source that is stuck may never settle. */
function letGo(source: AsyncIterator<Rows>): void {
  source.return?.().then(undefined, () => undefined);
}

/** @see https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS */
function encodeRows(rows: Rows, width: number, firstIndex: number): string {
  let text = "";
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] ?? [];
    if (row.length !== width) {
      throw refusal("parameter", `row ${firstIndex + index} has ${row.length} values for ${width} columns`);
    }
    for (let column = 0; column < width; column++) {
      if (column > 0) text += "\t";
      text += encodeField(row[column] ?? null);
    }
    text += "\n";
  }
  return text;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function encodeField(value: ParameterValue): string {
  if (value === null) return "\\N";
  const text = typeof value === "string" ? value : encodeText(value);
  return special.test(text) ? text.replaceAll(/[\\\t\n\r]/g, (char) => escapes[char] ?? char) : text;
}
