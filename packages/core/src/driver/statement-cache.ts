/** What the texts of one cache may take, in bytes, where nobody says otherwise. */
const defaultMaxBytes = 2 * 1024 * 1024;
/** A text that takes a larger part of that than this is not kept: it would push out many that are used. */
const largestPart = 1 / 8;

interface Entry<T> {
  readonly text: string;
  value: T;
  newer: Entry<T> | null;
  older: Entry<T> | null;
}

/**
 * The prepared statements of one connection, by their text, least recently used first out. An adapter keeps one per connection. Bounded in
 * entries, and in bytes: programs that put values into their texts make long ones, and each only once. Synchronous; nothing is shared between instances.
 *
 * @typeParam T - what the adapter keeps per text: a handle, a name.
 */
export class StatementCache<T> {
  readonly #max: number;
  readonly #onEvict: ((value: T, text: string) => void) | undefined;
  readonly #maxBytes: number;
  #bytes = 0;
  readonly #entries = new Map<string, Entry<T>>();
  #newest: Entry<T> | null = null;
  #oldest: Entry<T> | null = null;

  /**
   * @param max - how many statements to keep; 0 keeps none, so that every `set` evicts at once.
   * @param onEvict - called with each value that `set` pushes out, after the cache is consistent again; the place to free the
   *   statement on the server. `delete` and `clear` do not call it: there the caller knows what it forgets.
   * @param maxBytes - what the texts may take together, two bytes a character; 2 MiB by default. A text that takes more than an eighth of that is
   *   evicted at once.
   * @throws RangeError when `max` is not a whole number from 0.
   */
  constructor(max: number, onEvict?: (value: T, text: string) => void, maxBytes = defaultMaxBytes) {
    if (!Number.isInteger(max) || max < 0)
      throw new RangeError(`max must be a whole number from 0, not ${String(max)}`);
    this.#max = max;
    this.#onEvict = onEvict;
    this.#maxBytes = maxBytes;
  }

  /** What the texts that are kept take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many statements are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** What is kept for this text, which becomes the most recently used; `undefined` when there is nothing. */
  get(text: string): T | undefined {
    const entry = this.#entries.get(text);
    if (entry === undefined) return undefined;
    if (entry !== this.#newest) {
      this.#unlink(entry);
      this.#link(entry);
    }
    return entry.value;
  }

  /** Keeps a value for this text. A value that it replaces and the least recently used ones beyond the bounds are evicted. */
  set(text: string, value: T): void {
    const existing = this.#entries.get(text);
    if (existing !== undefined) {
      const replaced = existing.value;
      existing.value = value;
      this.#unlink(existing);
      this.#link(existing);
      if (replaced !== value) this.#onEvict?.(replaced, text);
      return;
    }
    if (bytesOf(text) > this.#maxBytes * largestPart) {
      this.#onEvict?.(value, text);
      return;
    }
    const entry: Entry<T> = { text, value, newer: null, older: null };
    this.#entries.set(text, entry);
    this.#bytes += bytesOf(text);
    this.#link(entry);
    for (let oldest = this.#oldest; oldest !== null && this.#isOver; oldest = this.#oldest) {
      this.#remove(oldest);
      this.#onEvict?.(oldest.value, oldest.text);
    }
  }

  get #isOver(): boolean {
    return this.#entries.size > this.#max || this.#bytes > this.#maxBytes;
  }

  #remove(entry: Entry<T>): void {
    this.#unlink(entry);
    this.#entries.delete(entry.text);
    this.#bytes -= bytesOf(entry.text);
  }

  /** Forgets one text. Says whether it was there. */
  delete(text: string): boolean {
    const entry = this.#entries.get(text);
    if (entry === undefined) return false;
    this.#remove(entry);
    return true;
  }

  /** Forgets everything, after the server did so by itself (a session reset). */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#newest = null;
    this.#oldest = null;
  }

  // A linked list beside the map: re-inserting into a Map at each use costs several times as much, and grows its table.
  #link(entry: Entry<T>): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest === null) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: Entry<T>): void {
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    if (entry.older === null) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
  }
}

function bytesOf(text: string): number {
  return 2 * text.length;
}
