import type { BulkTarget, ParameterValue } from "@nsj/mdb-core";
import { type LoadedColumn, loadedColumns } from "./bulk-columns.ts";
import { quoteName } from "./dialect.ts";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import type { ParameterTypes } from "./values.ts";

/**
 * Loads rows by the driver's bulk load, as they come. Constraints are checked and triggers run, as an INSERT does; a NULL stays NULL where
 * the column has a default, and what is not loaded gets its default. Everything is one statement: all of it, or nothing.
 */
export async function bulkLoad(
  link: Link,
  types: ParameterTypes,
  target: BulkTarget,
  batches: AsyncIterable<readonly (readonly ParameterValue[])[]>,
): Promise<number> {
  const { columns, keepNulls } = await loadedColumns(link, types, target);
  const source = new RowSource(batches, columns);
  const options = { checkConstraints: true, fireTriggers: true, keepNulls };
  try {
    await link.load((done) => {
      const load = link.native.newBulkLoad(quoteName(target.table), options, (error) => done(error));
      load.setTimeout(0);
      for (const { name, type, facets } of columns) load.addColumn(name, type, facets);
      return { load, send: () => link.native.execBulkLoad(load, source) };
    });
  } catch (error) {
    throw source.failure?.error ?? error;
  } finally {
    await source.end();
  }
  return source.count;
}

/** The rows on their way to the driver, one by one; what goes wrong with them is kept, because the driver would wrap it. */
class RowSource implements AsyncIterable<readonly unknown[]> {
  readonly #batches: AsyncIterator<readonly (readonly ParameterValue[])[]>;
  readonly #columns: readonly LoadedColumn[];
  failure: { readonly error: unknown } | undefined;
  count = 0;
  #ended = false;

  constructor(batches: AsyncIterable<readonly (readonly ParameterValue[])[]>, columns: readonly LoadedColumn[]) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#columns = columns;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly unknown[]> {
    try {
      for (;;) {
        const next = await this.#batches.next();
        if (next.done === true) {
          this.#ended = true;
          return;
        }
        for (const row of next.value) {
          this.count += 1;
          yield this.#convert(row);
        }
      }
    } catch (error) {
      this.failure ??= { error };
      throw error;
    } finally {
      await this.end();
    }
  }

  /** Lets the source clean up. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#batches.return?.();
  }

  #convert(row: readonly ParameterValue[]): readonly unknown[] {
    if (row.length !== this.#columns.length) {
      throw refusal("parameter", `a row has ${row.length} values where ${this.#columns.length} columns are loaded`);
    }
    return this.#columns.map(({ convert }, index) => convert(row[index] ?? null));
  }
}
