import type { Database } from "./database.ts";

/** Opens and checks them at once. @throws AggregateError with one error for each that failed */
export async function connectAll(databases: readonly Database[]): Promise<void> {
  const outcomes = await Promise.allSettled(databases.map((database) => database.connect()));
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  if (errors.length === 0) return;
  const failed = databases.filter((_, index) => outcomes[index]?.status === "rejected").map((it) => `"${it.label}"`);
  throw new AggregateError(
    errors,
    `${failed.length} of ${databases.length} databases did not connect: ${failed.join(", ")}`,
  );
}
