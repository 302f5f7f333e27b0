import { fromClaim, fromHost, mdbTenant } from "@nsj/mdb-express";
import type { Request } from "express";

declare global {
  namespace Express {
    interface Request {
      user?: { readonly tenant: string };
    }
  }
}

const tenants = { run: <R>(_id: string, work: () => R): R => work() };

// The request is Express's own, with all that an application has put on it, said or not.
mdbTenant({ tenants, from: [fromHost("*.example.org"), fromClaim((request) => request.user?.tenant)] });
mdbTenant({ tenants, from: (request) => request.user?.tenant });
mdbTenant({ tenants, from: fromClaim((request: Request) => request.get("x-claim")) });
// @ts-expect-error an id is a text
mdbTenant({ tenants, from: fromClaim(() => 7) });
// @ts-expect-error something has to open the scope
mdbTenant({ tenants: {}, from: fromHost("*.example.org") });
