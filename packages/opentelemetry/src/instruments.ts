import type { Histogram, Meter } from "@opentelemetry/api";

/** The conventions' buckets for durations, in seconds. */
const secondBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const rowBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** A histogram of seconds. */
export function durationSeconds(meter: Meter, name: string, description: string): Histogram {
  return meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: secondBuckets } });
}

/** How many rows came back. */
export function rowCounts(meter: Meter): Histogram {
  return meter.createHistogram("db.client.response.returned_rows", {
    description: "The actual number of records returned by the database operation.",
    unit: "{row}",
    advice: { explicitBucketBoundaries: rowBuckets },
  });
}
