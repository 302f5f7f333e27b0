import { isMdbError } from "@nsj/mdb-core";
import { ContradictedTenantError, MissingTenantError } from "./tenant-errors.ts";
import type { TenantRunner } from "./tenant-options.ts";

/** On the request, so that the ESM and the CommonJS copy of this package have the same. */
const opened: unique symbol = Symbol.for("@nsj/mdb-http/tenants/1") as never;

interface Opened {
  readonly tenants: TenantRunner;
  readonly id: string;
}

interface Carrier {
  [opened]?: readonly Opened[];
}

/**
 * Opens the scope of a tenant for a request and runs `work` in it.
 * @param request - the object that stands for the request in this framework
 * @throws MissingTenantError for an id that is none; ContradictedTenantError inside the scope of another tenant; what `work` throws
 */
export function runForRequest<R>(tenants: TenantRunner, id: string, request: object, work: () => R): R {
  let hasBegun = false;
  const begin = (): R => {
    hasBegun = true;
    const carrier = request as Carrier;
    carrier[opened] = [...(carrier[opened] ?? []), { tenants, id }];
    return work();
  };
  try {
    return tenants.run(id, begin);
  } catch (error) {
    throw hasBegun ? error : refusalOf(error);
  }
}

/** The client's mistakes, told apart from the program's. */
function refusalOf(error: unknown): unknown {
  if (!isMdbError(error)) return error;
  const code: string = error.code;
  if (code === "MDB_PARAMETER") {
    return new MissingTenantError("what the request gives for its tenant is no tenant's id", { cause: error });
  }
  if (code === "MDB_TENANT_MISMATCH") {
    const message = "the request was found to be for two different tenants, one inside the scope of the other";
    return new ContradictedTenantError(message, { cause: error });
  }
  return error;
}

/** Runs work in the scopes that were opened for a request, from wherever it is called: a callback that has lost them, too. */
export function withinTenantsOf<R>(request: object, work: () => R): R {
  let run = work;
  for (const { tenants, id } of ((request as Carrier)[opened] ?? []).toReversed()) {
    const inner = run;
    run = () => tenants.run(id, inner);
  }
  return run();
}

/** The tenant of a request: that of the scope that was opened last; `undefined` where none was. */
export function tenantIdOf(request: object): string | undefined {
  return (request as Carrier)[opened]?.at(-1)?.id;
}
