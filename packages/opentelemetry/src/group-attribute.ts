import type { Attributes } from "@opentelemetry/api";

/** What a metric says of a tenant: the group that `metricTenant` puts it in, and nothing where the application has no groups. */
export function groupAttribute(group: string | undefined): Attributes {
  return group === undefined ? {} : { "mdb.tenant": group };
}
