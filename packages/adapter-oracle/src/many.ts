import type { ParameterHint, ParameterValue } from "@nsj/mdb-core";
import { refusal } from "./faults.ts";
import type { Link } from "./link.ts";
import { type NativeBind, type NativeTypeName, nativeType } from "./native.ts";
import { statementKind } from "./statement-kind.ts";
import { type BoundValue, boundValue, typeNameOf } from "./values.ts";

/** Sets, and bytes of their values, that travel in one round trip. */
const mostSets = 2_000;
const mostBytes = 4 * 1024 * 1024;

/** Runs a text with many sets of parameters, by the server's array execution: as few round trips as their types and size allow. */
export async function executeMany(
  link: Link,
  text: string,
  parameterSets: Iterable<readonly ParameterValue[]>,
  hints?: readonly (ParameterHint | undefined)[],
): Promise<number> {
  let affected = 0;
  let sent = 0;
  let portion: Portion | undefined;
  const send = async () => {
    if (portion === undefined) return;
    affected += await portion.run(link, text, sent);
    sent += portion.size;
    portion = undefined;
  };
  for (const values of parameterSets) {
    const set = values.map((value, index) => boundValue(value, typeNameOf(hints?.[index], value)));
    if (portion?.fits(set) === false) await send();
    portion ??= new Portion(set.length);
    portion.add(set);
  }
  await send();
  return affected;
}

/** Sets that go together: each of their columns has one type. */
class Portion {
  readonly #types: (NativeTypeName | undefined)[];
  readonly #sizes: number[];
  readonly #sets: unknown[][] = [];
  #bytes = 0;

  constructor(width: number) {
    this.#types = new Array<NativeTypeName | undefined>(width).fill(undefined);
    this.#sizes = new Array<number>(width).fill(1);
  }

  get size(): number {
    return this.#sets.length;
  }

  fits(set: readonly BoundValue[]): boolean {
    if (this.#sets.length >= mostSets || this.#bytes >= mostBytes) return false;
    return set.every(({ type, value }, index) => {
      const here = this.#types[index];
      return value === null || here === undefined || here === type;
    });
  }

  /** @throws DriverFault for a set of another width */
  add(set: readonly BoundValue[]): void {
    if (set.length !== this.#types.length) {
      throw refusal("parameter", `a set has ${set.length} values, not ${this.#types.length} as the first one has`);
    }
    for (const [index, { type, value }] of set.entries()) {
      if (value === null) continue;
      this.#types[index] = type;
      const bytes = sizeOf(value);
      this.#bytes += bytes;
      this.#sizes[index] = Math.max(this.#sizes[index] ?? 1, bytes);
    }
    this.#sets.push(set.map(({ value }) => value));
  }

  /** @throws the first error, with `parameterSetIndex` */
  async run(link: Link, text: string, sentBefore: number): Promise<number> {
    const bindDefs = this.#types.map((type = "VARCHAR", index): NativeBind => {
      const sized = type === "VARCHAR" || type === "NVARCHAR" || type === "CHAR" || type === "NCHAR" || type === "RAW";
      return { type: nativeType(type), ...(sized ? { maxSize: this.#sizes[index] ?? 1 } : {}) };
    });
    const { batchErrors, rowsAffected } = await link.run(text, () =>
      link.connection.executeMany(link.context.sent(text), this.#sets, {
        autoCommit: false,
        // Without it the server does not say which set it was; it is for changes only, and not for blocks of PL/SQL.
        batchErrors: statementKind(text) === "change",
        bindDefs,
        keepInStmtCache: true,
      }),
    );
    const [first] = [...(batchErrors ?? [])].sort((left, right) => (left.offset ?? 0) - (right.offset ?? 0));
    if (first !== undefined) throw Object.assign(first, { parameterSetIndex: sentBefore + (first.offset ?? 0) });
    return rowsAffected ?? 0;
  }
}

function sizeOf(value: NonNullable<BoundValue["value"]>): number {
  if (typeof value === "string") return Math.max(1, Buffer.byteLength(value));
  return Buffer.isBuffer(value) ? value.length : 22;
}
