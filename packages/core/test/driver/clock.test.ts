import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/driver/index.ts";

describe("the system clock", () => {
  it("runs on the scale of performance.now and Date.now", () => {
    for (const [ours, its] of [
      [systemClock.now, () => performance.now()],
      [systemClock.wallNow, () => Date.now()],
    ] as const) {
      const before = its();
      const between = ours();
      expect(between).toBeGreaterThanOrEqual(before);
      expect(between).toBeLessThanOrEqual(its());
    }
  });

  it("fires once, and not when cancelled", () => {
    vi.useFakeTimers();
    try {
      const fired = vi.fn();
      systemClock.setTimer(fired, 50);
      systemClock.setTimer(fired, 50).cancel();
      vi.advanceTimersByTime(49);
      expect(fired).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1_000);
      expect(fired).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });

  it("can wait for longer than a timer of Node", () => {
    vi.useFakeTimers();
    try {
      const fired = vi.fn();
      const timer = systemClock.setTimer(fired, 2 ** 32);
      const cancelled = vi.fn();
      const other = systemClock.setTimer(cancelled, 2 ** 32);
      vi.advanceTimersByTime(2 ** 31);
      expect(fired).not.toHaveBeenCalled();
      other.cancel();
      vi.advanceTimersByTime(2 ** 31);
      expect(fired).toHaveBeenCalledOnce();
      expect(cancelled).not.toHaveBeenCalled();
      timer.cancel();
    } finally {
      vi.useRealTimers();
    }
  });
});
