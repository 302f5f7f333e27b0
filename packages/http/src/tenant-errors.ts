import { MdbError, type MdbErrorOptions } from "@nsj/mdb-core";
import { httpErrorCodes } from "./codes.ts";

/**
 * A request does not say for which tenant it is, or not in a way that can be read: nothing was looked up or sent. Answered with 400. The message
 * says where it was looked for, and nothing of what was found there.
 */
export class MissingTenantError extends MdbError {
  static override readonly className = "MissingTenantError";
  constructor(message: string, options: MdbErrorOptions = {}) {
    super("MDB_TENANT_MISSING", message, { retryable: httpErrorCodes.MDB_TENANT_MISSING.retryable, ...options });
  }
}

/** A request says that it is for two different tenants: nothing was looked up or sent. Answered with 403. The message names neither. */
export class ContradictedTenantError extends MdbError {
  static override readonly className = "ContradictedTenantError";
  constructor(message: string, options: MdbErrorOptions = {}) {
    const { retryable } = httpErrorCodes.MDB_TENANT_CONTRADICTED;
    super("MDB_TENANT_CONTRADICTED", message, { retryable, ...options });
  }
}
