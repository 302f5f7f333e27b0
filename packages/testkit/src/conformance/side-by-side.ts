import { pause } from "../pause.ts";

/** What became of one of two transactions that ran at the same time. */
export type SideOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Waits for the other side to come to the same point. */
export type Meet = () => Promise<void>;

/**
 * Runs two pieces of work at the same time. Each waits at `meet()` for the other one, but goes on when that has ended, or does not
 * come because it waits for a lock. So the steps interleave as far as the engine lets them, and no outcome depends on the clock.
 */
export async function sideBySide<T>(
  first: (meet: Meet) => Promise<T>,
  second: (meet: Meet) => Promise<T>,
): Promise<readonly [SideOutcome<T>, SideOutcome<T>]> {
  const arrivals = [0, 0];
  let wake: () => void = () => undefined;
  let news = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const announce = () => {
    wake();
    news = new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  const run = async (side: 0 | 1, work: (meet: Meet) => Promise<T>): Promise<SideOutcome<T>> => {
    const other = side === 0 ? 1 : 0;
    const meet = async () => {
      const point = (arrivals[side] ?? 0) + 1;
      arrivals[side] = point;
      announce();
      const blocked = pause(250).then(() => true);
      while ((arrivals[other] ?? 0) < point) if ((await Promise.race([news, blocked])) === true) return;
    };
    try {
      return { ok: true, value: await work(meet) };
    } catch (error) {
      return { ok: false, error };
    } finally {
      arrivals[side] = Number.POSITIVE_INFINITY;
      announce();
    }
  };
  return Promise.all([run(0, first), run(1, second)]);
}
