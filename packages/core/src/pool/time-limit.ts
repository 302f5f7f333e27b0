import type { Clock, Timer } from "../driver/index.ts";

/**
 * Calls back when the time is over and the event loop has had one more turn. After code that blocked the loop, overdue timers fire
 * before the sockets are read; without that turn, an answer that has long arrived would count as missing and a healthy connection be cut.
 */
export function setTimeLimit(
  clock: Clock,
  limitMs: number,
  over: () => void,
  options: { readonly keepProcessAlive?: boolean } = {},
): Pick<Timer, "cancel"> {
  let timer = clock.setTimer(
    () => {
      timer = clock.setTimer(over, 1, options);
    },
    limitMs,
    options,
  );
  return { cancel: () => timer.cancel() };
}
