/** What a source of tenants looks at, whatever the framework. */
export interface RequestFacts {
  /** The host that the client asked for, with its port if any: behind a proxy that the framework trusts, the one that the proxy tells. */
  readonly host: string | undefined;
  /** Every value of a header, by its name in lower case; none where it was not sent. */
  header(name: string): readonly string[];
  /** A parameter of the route, decoded by the framework; `undefined` where the route has none of that name. */
  param(name: string): unknown;
}

/** Where a request says for which tenant it is: made by {@link fromHost}, {@link fromPath}, {@link fromClaim} and {@link fromHeader}. */
export interface TenantSource<Request = unknown> {
  /** For messages: `"the host"`. */
  readonly name: string;
  /**
   * The tenant's id; `undefined` where the request says nothing here.
   * @throws MissingTenantError for what cannot be read
   */
  read(facts: RequestFacts, request: Request): unknown;
}

/** A function of your own, given the framework's request; it may be asynchronous. Its errors are left to the framework. */
export type TenantFunction<Request> = (
  request: Request,
) => string | null | undefined | Promise<string | null | undefined>;

/** Where the tenant of a request comes from: a source, a function, or several of them, which must not contradict each other. */
export type TenantFrom<Request> =
  | TenantSource<Request>
  | TenantFunction<Request>
  | readonly (TenantSource<Request> | TenantFunction<Request>)[];
