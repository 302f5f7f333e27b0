import { MdbError, type MdbErrorOptions } from "@nsj/mdb-core";
import { tenantErrorCodes } from "./codes.ts";

/** What an error of a tenant can carry beside what every error can. */
export interface TenantErrorOptions extends MdbErrorOptions {
  /** The tenant's id. */
  readonly tenant?: string | undefined;
}

/** The base of the errors below, but for secrets: names the tenant that it is about, and no other. */
export class TenantError extends MdbError {
  static override readonly className: string = "TenantError";
  /** The tenant's id; `undefined` where there was none. */
  readonly tenant: string | undefined;

  constructor(code: keyof typeof tenantErrorCodes, message: string, options: TenantErrorOptions = {}) {
    super(code, message, { retryable: tenantErrorCodes[code].retryable, ...options });
    this.tenant = options.tenant;
  }
}

/** A database of tenants was used outside of any tenant's scope. Nothing was looked up and nothing was sent. */
export class NoTenantError extends TenantError {
  static override readonly className = "NoTenantError";
  constructor(message: string, options?: TenantErrorOptions) {
    super("MDB_NO_TENANT", message, options);
  }
}

/** There is no tenant with this id. */
export class UnknownTenantError extends TenantError {
  static override readonly className = "UnknownTenantError";
  constructor(message: string, options?: TenantErrorOptions) {
    super("MDB_UNKNOWN_TENANT", message, options);
  }
}

/** The tenant is suspended, or being moved. */
export class TenantUnavailableError extends TenantError {
  static override readonly className = "TenantUnavailableError";
  /** The word that its place gave: `"moving"`. */
  readonly reason: string;
  /** After this time it makes sense to ask again, in milliseconds; `undefined` where nobody knows. */
  readonly retryAfterMs: number | undefined;
  constructor(
    message: string,
    options: TenantErrorOptions & { readonly reason?: string; readonly retryAfterMs?: number | undefined } = {},
  ) {
    super("MDB_TENANT_UNAVAILABLE", message, options);
    this.reason = options.reason ?? "unavailable";
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Something of one tenant was used in the scope of another one. Nothing was sent. */
export class TenantMismatchError extends TenantError {
  static override readonly className = "TenantMismatchError";
  constructor(message: string, options?: TenantErrorOptions) {
    super("MDB_TENANT_MISMATCH", message, options);
  }
}

/** Where the tenant's data lives could not be found out; `cause` is what the resolver threw. */
export class TenantResolveError extends TenantError {
  static override readonly className = "TenantResolveError";
  constructor(message: string, options?: TenantErrorOptions) {
    super("MDB_TENANT_RESOLVE", message, options);
  }
}

/** A sealed secret cannot be opened: its key is missing, or it was sealed for something else. Says nothing of its text. */
export class SecretError extends MdbError {
  static override readonly className = "SecretError";
  constructor(message: string, options: MdbErrorOptions = {}) {
    super("MDB_SECRET", message, { retryable: false, ...options });
  }
}
