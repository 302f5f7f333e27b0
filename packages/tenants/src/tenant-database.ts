import { ConfigurationError, RoutedDatabase, type RoutedParts } from "@nsj/mdb-core";

/**
 * The database of one tenant, which stays open until it is disposed of: `await using shop = await shops.use(id)`. For work that is about one tenant
 * and has no scope of its own.
 */
export class TenantDatabase extends RoutedDatabase implements AsyncDisposable {
  /** The tenant's id. */
  readonly tenant: string;
  readonly #unpin: () => void;

  /** Made by `Tenants.use`. */
  constructor(parts: RoutedParts, tenant: string, unpin: () => void) {
    super(parts);
    this.tenant = tenant;
    this.#unpin = unpin;
  }

  /** @throws ConfigurationError: it is not this one's to close; dispose of it instead */
  override close(): Promise<void> {
    const message = `${this.label}: the database of one tenant is not closed, but disposed of; the label's own is closed with its manager`;
    return Promise.reject(new ConfigurationError(message, { database: this.label }));
  }

  /** Lets the tenant be closed when nobody uses it. Work that goes on is not disturbed. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unpin();
  }
}
