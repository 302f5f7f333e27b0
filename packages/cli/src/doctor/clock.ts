import type { Symptom } from "./finding.ts";

/** A server's clock lies between our two readings, or it differs from ours. */
export function clockFindings(server: number, before: number, after: number): Symptom[] {
  const off = server < before ? server - before : server > after ? server - after : 0;
  if (Math.abs(off) <= 1_000) return [];
  const seen = `the server's clock is ${Math.abs(Math.round(off / 100) / 10)} s ${off > 0 ? "ahead of" : "behind"} this machine's`;
  return [
    {
      level: "warning",
      check: "clock",
      seen,
      why: "what compares times of both is wrong: leases, tokens, schedules",
      advice: "let both machines follow the same time servers",
    },
  ];
}
