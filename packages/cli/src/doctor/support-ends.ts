import type { Symptom } from "./finding.ts";

/** When the last fixes of a release come, by release. */
export type SupportEnds = Readonly<Record<string, string>>;

/** https://www.postgresql.org/support/versioning/ */
export const postgresEnds: SupportEnds = {
  "12": "2024-11-21",
  "13": "2025-11-13",
  "14": "2026-11-12",
  "15": "2027-11-11",
  "16": "2028-11-09",
  "17": "2029-11-08",
  "18": "2030-11-14",
};

/** Releases with long support only: the others end when the next one comes. https://mariadb.org/about/#maintenance-policy */
export const mariadbEnds: SupportEnds = {
  "10.4": "2024-06-18",
  "10.5": "2025-06-24",
  "10.6": "2026-07-06",
  "10.11": "2028-02-16",
  "11.4": "2029-05-29",
  "11.8": "2028-06-04",
};

/** Releases with long support only. https://www.oracle.com/us/support/library/lifetime-support-technology-069183.pdf */
export const mysqlEnds: SupportEnds = { "5.7": "2023-10-31", "8.0": "2026-04-30", "8.4": "2032-04-30" };

/** https://learn.microsoft.com/lifecycle/products/?terms=SQL%20Server */
export const sqlServerEnds: SupportEnds = {
  "12": "2024-07-09",
  "13": "2026-07-14",
  "14": "2027-10-12",
  "15": "2030-01-08",
  "16": "2033-01-11",
  "17": "2036-01-06",
};

/** What a version says of itself: how long it gets fixes, as far as that is known here. @param version - as people write it */
export function versionFindings(product: string, version: string, release: string, ends: SupportEnds): Symptom[] {
  const check = "version";
  const end = ends[release];
  const seen = `${product} ${version}`;
  if (end !== undefined && end > new Date().toISOString())
    return [{ level: "info", check, seen: `${seen}, with fixes until ${end}` }];
  const why = "faults and holes that are found in it stay";
  const advice = "move to a release that gets fixes";
  if (end !== undefined)
    return [{ level: "warning", check, seen: `${seen} has had no fixes since ${end}`, why, advice }];
  const [oldest = ""] = Object.keys(ends).toSorted(byRelease);
  if (byRelease(release, oldest) < 0) {
    const long = `${seen} is older than ${oldest}, which has had no fixes since ${ends[oldest]}`;
    return [{ level: "warning", check, seen: long, why, advice }];
  }
  return [{ level: "info", check, seen: `${seen}; how long it gets fixes is not known here` }];
}

function byRelease(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
