import { type BulkTarget, DriverFault, type ParameterValue } from "@nsj/mdb-core";
import { quoteName } from "./dialect.ts";
import type { Link } from "./link.ts";
import { executeMany } from "./many.ts";

type Rows = readonly (readonly ParameterValue[])[];

/** A load that waits for its source, where no statement can be interrupted. */
export interface BulkLoad {
  readonly rows: Promise<number>;
  /** Makes it fail, also while it waits for its source. */
  giveUp(): void;
}

/** Loads batches of rows by array INSERTs. Whoever calls has made sure that they can be undone together. */
export function startBulkLoad(link: Link, target: BulkTarget, batches: AsyncIterable<Rows>): BulkLoad {
  const source = new Source(batches);
  return { rows: load(link, target, source), giveUp: () => source.abandon(loadCancelled()) };
}

async function load(link: Link, target: BulkTarget, source: Source): Promise<number> {
  const columns = target.columns.map((column) => quoteName([column])).join(", ");
  const places = target.columns.map((_, index) => `:${index + 1}`).join(", ");
  const text = `INSERT INTO ${quoteName(target.table)} (${columns}) VALUES (${places})`;
  const hints = target.columnInfo?.map((column) => (column === undefined ? undefined : { column }));
  let rows = 0;
  try {
    for (;;) {
      const { done, value } = await source.next();
      if (done === true) return rows;
      if (value.length > 0) rows += await executeMany(link, text, value, hints);
    }
  } catch (error) {
    source.letGo();
    throw error;
  }
}

/** Batches that are waited for until somebody gives up. */
class Source {
  readonly #batches: AsyncIterator<Rows>;
  #reason: Error | undefined;
  #stop: ((reason: Error) => void) | undefined;

  constructor(batches: AsyncIterable<Rows>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  abandon(reason: Error): void {
    this.#reason ??= reason;
    this.#stop?.(reason);
  }

  /** Not a race with one promise for all: that would keep every batch until the load ends. */
  next(): Promise<IteratorResult<Rows>> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== undefined) return reject(this.#reason);
      this.#stop = reject;
      this.#batches.next().then(resolve, reject);
    });
  }

  /** Not awaited: a source that waits for something may never hear of it. */
  letGo(): void {
    this.#batches.return?.().then(undefined, () => undefined);
  }
}

function loadCancelled(): DriverFault {
  return new DriverFault("the load was cancelled while it waited for its source", {
    kind: "cancelled",
    executed: "yes",
  });
}
