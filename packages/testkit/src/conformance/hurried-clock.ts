import { type Clock, systemClock } from "@nsj/mdb-core";

/** Four times as fast as time: recovery asks a server for seconds, and the case waits until it gives up. */
export const hurried: Clock = {
  ...systemClock,
  now: () => systemClock.now() * 4,
  setTimer: (callback, delayMs, options) => systemClock.setTimer(callback, delayMs / 4, options),
};
