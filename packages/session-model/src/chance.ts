/** Repeatable choices. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    const state = this.#state;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  hits(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly [T, ...T[]]): T;
  pick<T>(from: readonly T[]): T | undefined;
  pick<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)];
  }

  /** Choices of their own for what runs beside others, so that none depends on how fast a server answers. */
  fork(): Chance {
    return new Chance(this.next() * 2 ** 32);
  }

  /** One of several, each as probable as its share says. */
  weigh<T extends readonly [share: number, ...rest: unknown[]]>(from: readonly [T, ...T[]]): T {
    let left = this.next() * from.reduce((sum, [share]) => sum + share, 0);
    for (const item of from) {
      left -= item[0];
      if (left < 0) return item;
    }
    return from[0];
  }
}
