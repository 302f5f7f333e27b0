/** What a {@link SessionContext} can hold. An engine declares in `capabilities.context` which of them it can do. */
export const contextParts = ["schema", "settings", "role", "clientId"] as const;

/** One member of a {@link SessionContext}. */
export type ContextPart = (typeof contextParts)[number];

/** For whom statements run, on a connection that many take turns with. Frozen; core has checked each member against the capabilities. */
export interface SessionContext {
  /** The schema that names without one belong to. */
  readonly schema?: string | undefined;
  /** Values that policies and procedures of the database read, by name: `{ "app.tenant": "acme" }`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** The role whose permissions hold. */
  readonly role?: string | undefined;
  /** A name that the server's own views and policies show (Oracle's `CLIENT_IDENTIFIER`). */
  readonly clientId?: string | undefined;
}
