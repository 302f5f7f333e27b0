import assert from "node:assert/strict";

/** Time zones in which naive code shifts dates: none, behind UTC with summer time until 2019, ahead by a half hour. */
export const timeZones = ["UTC", "America/Sao_Paulo", "Asia/Kolkata"] as const;

/** Runs something while the process believes to be in another time zone. Node notices the change of `TZ` at once. */
export async function inTimeZone<T>(zone: string, work: () => Promise<T>): Promise<T> {
  const before = process.env["TZ"];
  process.env["TZ"] = zone;
  try {
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    // Through the formatter, because some zones have an older name that it prefers.
    const expected = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    assert.equal(own, expected, "the process follows TZ (in a worker thread it does not: run the suite in a process)");
    return await work();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, "TZ");
    else process.env["TZ"] = before;
  }
}
