import type { Health } from "@nsj/mdb-core";
import type { Fleet } from "./fleet.ts";

/** Tenants that are asked at a time. */
const atOnce = 8;

/**
 * Asks the tenants that are open for a sign of life, and opens none. The label is up as long as one of them is: one customer's server that is away is no
 * reason to restart what serves all others.
 */
export async function healthOfOpen(fleet: Fleet, timeoutMs: number, only?: string): Promise<Health> {
  const { clock } = fleet.environment;
  const started = clock.now();
  const until = started + timeoutMs;
  const open = [...fleet.tenants.values()].filter(({ id }) => only === undefined || id === only);
  const answers: Health[] = [];
  const waiting = open.entries();
  const askOn = async (): Promise<void> => {
    for (const [index, tenant] of waiting) {
      const { current } = tenant;
      if (current === undefined) continue;
      const rounds = Math.ceil((open.length - index) / atOnce);
      const entered = tenant.enter(current);
      try {
        const leftMs = Math.max(1, (until - clock.now()) / rounds);
        answers.push(await entered.database.health({ timeoutMs: leftMs }));
      } finally {
        entered.end();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, open.length) }, askOn));
  const latencyMs = clock.now() - started;
  const best = (["up", "busy", "down"] as const).find((status) => answers.some((it) => it.status === status));
  if (best === undefined || best === "up") return { status: "up", latencyMs };
  const error = answers.find((it) => it.status === best)?.error;
  return { status: best, latencyMs, ...(error !== undefined && { error }) };
}
