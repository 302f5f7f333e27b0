import type { ErrorCodeFacts } from "@nsj/mdb-core";

/** The codes of this package's errors, as core's own table has its. */
export const tenantErrorCodes = {
  MDB_NO_TENANT: { when: "A database of tenants was used outside of any tenant's scope.", retryable: false },
  MDB_UNKNOWN_TENANT: { when: "There is no tenant with this id.", retryable: false },
  MDB_TENANT_UNAVAILABLE: {
    when: "The tenant is suspended, or being moved.",
    retryable: true,
    because: "nothing was sent",
  },
  MDB_TENANT_MISMATCH: { when: "Something of one tenant was used in the scope of another one.", retryable: false },
  MDB_TENANT_RESOLVE: {
    when: "Where the tenant's data lives could not be found out.",
    retryable: true,
    because: "nothing was sent",
  },
  MDB_SECRET: { when: "A sealed secret cannot be opened.", retryable: false },
} as const satisfies Record<string, ErrorCodeFacts>;

type TenantErrorCodes = typeof tenantErrorCodes;

declare module "@nsj/mdb-core" {
  interface ErrorCodes extends TenantErrorCodes {}
}
