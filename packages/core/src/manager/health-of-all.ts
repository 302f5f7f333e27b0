import type { Clock } from "../driver/index.ts";
import type { Health } from "./health.ts";

/** Databases that are asked at a time: each may have to connect. */
const atOnce = 16;

/** Somebody to ask. */
interface Patient {
  health(options: { readonly timeoutMs: number }): Promise<Health>;
}

/**
 * Asks all for a sign of life, few at a time and within `timeoutMs` together: each that is asked may use an equal share of the time that
 * is left for those still to come, so quick answers leave more to the slow ones, and nobody is called down without having been asked.
 */
export async function healthOfAll(
  patients: ReadonlyMap<string, Patient>,
  timeoutMs: number,
  clock: Clock,
): Promise<Readonly<Record<string, Health>>> {
  const until = clock.now() + timeoutMs;
  const answers: [string, Health][] = [];
  const waiting = [...patients].entries();
  const askOn = async (): Promise<void> => {
    for (const [index, [label, patient]] of waiting) {
      const rounds = Math.ceil((patients.size - index) / atOnce);
      const health = await patient.health({ timeoutMs: Math.max(1, (until - clock.now()) / rounds) });
      answers[index] = [label, health];
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, patients.size) }, askOn));
  return Object.fromEntries(answers);
}
