import type { ErrorCodeFacts } from "@nsj/mdb-core";

/** The codes of this package's errors, as core's own table has its. */
export const httpErrorCodes = {
  MDB_TENANT_MISSING: {
    when: "A request does not say for which tenant it is, or not in a way that can be read.",
    retryable: false,
  },
  MDB_TENANT_CONTRADICTED: {
    when: "A request says in two places that it is for two different tenants, such as its host and its token.",
    retryable: false,
  },
} as const satisfies Record<string, ErrorCodeFacts>;

type HttpErrorCodes = typeof httpErrorCodes;

declare module "@nsj/mdb-core" {
  interface ErrorCodes extends HttpErrorCodes {}
}
