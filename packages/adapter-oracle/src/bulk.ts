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
  let abandon: (error: Error) => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    abandon = reject;
  });
  abandoned.catch(() => undefined);
  return { rows: load(link, target, batches, abandoned), giveUp: () => abandon(loadCancelled()) };
}

async function load(
  link: Link,
  target: BulkTarget,
  batches: AsyncIterable<Rows>,
  abandoned: Promise<never>,
): Promise<number> {
  const columns = target.columns.map((column) => quoteName([column])).join(", ");
  const places = target.columns.map((_, index) => `:${index + 1}`).join(", ");
  const text = `INSERT INTO ${quoteName(target.table)} (${columns}) VALUES (${places})`;
  const hints = target.columnInfo?.map((column) => (column === undefined ? undefined : { column }));
  const source = batches[Symbol.asyncIterator]();
  let rows = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([source.next(), abandoned]);
      if (done === true) return rows;
      if (value.length > 0) rows += await executeMany(link, text, value, hints);
    }
  } catch (error) {
    // Not awaited: a source that waits for something may never hear of it.
    source.return?.().then(undefined, () => undefined);
    throw error;
  }
}

function loadCancelled(): DriverFault {
  return new DriverFault("the load was cancelled while it waited for its source", {
    kind: "cancelled",
    executed: "yes",
  });
}
