import { describe, expect, it } from "vitest";
import { StatementCache } from "../../src/driver/statement-cache.ts";

function recording(max: number, maxBytes?: number) {
  const evicted: [string, number][] = [];
  const cache = new StatementCache<number>(max, (value, text) => evicted.push([text, value]), maxBytes);
  return { cache, evicted };
}

describe("StatementCache", () => {
  it("gives back what was set and undefined for the rest", () => {
    const { cache } = recording(2);
    cache.set("select 1", 1);
    expect(cache.get("select 1")).toBe(1);
    expect(cache.get("select 2")).toBeUndefined();
    expect(cache.size).toBe(1);
  });

  it("evicts the least recently used texts until the rest takes no more bytes than it may, in the order of their use", () => {
    const { cache, evicted } = recording(1_000, 160);
    for (const name of ["a", "b", "c", "d", "e", "f", "g", "h"]) cache.set(name.repeat(10), 0);
    expect(cache.bytes).toBe(160);
    cache.get("a".repeat(10));
    cache.set("i".repeat(8), 0);
    cache.set("j".repeat(8), 0);
    expect(evicted.map(([text]) => text[0])).toEqual(["b", "c"]);
    expect(cache.bytes).toBe(6 * 20 + 2 * 16);
    cache.delete("a".repeat(10));
    cache.delete("not there");
    expect(cache.bytes).toBe(5 * 20 + 2 * 16);
    cache.clear();
    expect(cache.bytes).toBe(0);
  });

  it("does not keep a text that would push out many others, and says so", () => {
    const { cache, evicted } = recording(1_000, 160);
    cache.set("a", 1);
    cache.set("x".repeat(11), 2);
    expect(evicted).toEqual([["x".repeat(11), 2]]);
    expect(cache.get("a")).toBe(1);
    expect(cache.size).toBe(1);
  });

  it("stays small however long the texts are that each come once", () => {
    const cache = new StatementCache<number>(10_000);
    for (let n = 0; n < 10_000; n++) cache.set(`select ${"x".repeat(5_000)}${n}`, n);
    expect(cache.bytes).toBeLessThanOrEqual(2 * 1024 * 1024);
  });

  it("evicts the least recently used text, and tells which", () => {
    const { cache, evicted } = recording(2);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.get("a");
    cache.set("c", 3);
    expect(evicted).toEqual([["b", 2]]);
    expect(cache.get("a")).toBe(1);
    expect(cache.get("b")).toBeUndefined();
    expect(cache.get("c")).toBe(3);
  });

  it("evicts the value that a set replaces, but not when it is the same one", () => {
    const { cache, evicted } = recording(2);
    cache.set("a", 1);
    cache.set("a", 1);
    expect(evicted).toEqual([]);
    cache.set("a", 2);
    expect(evicted).toEqual([["a", 1]]);
    expect(cache.size).toBe(1);
  });

  it("keeps nothing when max is 0", () => {
    const { cache, evicted } = recording(0);
    cache.set("a", 1);
    expect(cache.size).toBe(0);
    expect(cache.get("a")).toBeUndefined();
    expect(evicted).toEqual([["a", 1]]);
  });

  it("forgets by delete and clear without evicting", () => {
    const { cache, evicted } = recording(3);
    cache.set("a", 1);
    cache.set("b", 2);
    cache.set("c", 3);
    expect(cache.delete("b")).toBe(true);
    expect(cache.delete("b")).toBe(false);
    expect(cache.size).toBe(2);
    cache.clear();
    expect(cache.size).toBe(0);
    expect(cache.get("a")).toBeUndefined();
    expect(evicted).toEqual([]);
  });

  it("is consistent when an eviction uses the cache again", () => {
    const sizes: number[] = [];
    const cache: StatementCache<number> = new StatementCache(1, () => {
      sizes.push(cache.size);
      cache.clear();
    });
    cache.set("a", 1);
    cache.set("b", 2);
    expect(sizes).toEqual([1]);
    expect(cache.size).toBe(0);
    cache.set("c", 3);
    expect(cache.get("c")).toBe(3);
  });

  it("behaves like a plain list model under random use", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) % below;
    };
    const { cache, evicted } = recording(5);
    let model: [string, number][] = [];
    const gone: [string, number][] = [];
    for (let step = 0; step < 20_000; step++) {
      const text = `t${random(9)}`;
      const at = model.findIndex(([key]) => key === text);
      const found = model[at];
      switch (random(8)) {
        case 0:
          expect(cache.delete(text)).toBe(found !== undefined);
          model = model.filter((entry) => entry !== found);
          break;
        case 1:
        case 2:
        case 3: {
          cache.set(text, step);
          if (found) gone.push(found);
          model = [...model.filter((entry) => entry !== found), [text, step]];
          const first = model[0];
          if (model.length > 5 && first) {
            gone.push(first);
            model.shift();
          }
          break;
        }
        default:
          expect(cache.get(text)).toBe(found?.[1]);
          if (found) model = [...model.filter((entry) => entry !== found), found];
      }
      expect(cache.size).toBe(model.length);
    }
    expect(evicted).toEqual(gone);
  });

  it("refuses a max that is not a whole number from 0", () => {
    for (const max of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new StatementCache(max)).toThrow(RangeError);
    }
  });
});
