import type { Attributes } from "@opentelemetry/api";

/** What a metric says of the tenant: the group that the application counts it in, where it has any. Never an id. */
export function groupAttribute(group: string | undefined): Attributes {
  return group === undefined ? {} : { "mdb.tenant": group };
}
