import type { Mutant } from "./mutant.ts";

const tenants = "packages/tenants/src";
const postgresContext = "packages/adapter-postgres/src/context.ts";

/** Faults of tenants: of who is closed, who has how much, and for whom something runs. */
export const tenantsMutants: readonly Mutant[] = [
  {
    fault: "a tenant is closed by its age alone, whatever somebody has of it",
    file: `${tenants}/fleet.ts`,
    text: "    if (tenant.isInUse || this.tenants.get(tenant.id) !== tenant) return false;",
    replacement: "    if (this.tenants.get(tenant.id) !== tenant) return false;",
    noticedBy: ["packages/tenants/test/eviction.test.ts", "packages/tenants/test/random.test.ts"],
  },
  {
    fault: "a pin keeps nothing open",
    file: `${tenants}/tenant.ts`,
    text: "this.#uses > 0 || this.pins > 0 || this.left.length > 0",
    replacement: "this.#uses > 0 || this.left.length > 0",
    noticedBy: ["packages/tenants/test/eviction.test.ts"],
  },
  {
    fault: "a context is one of the session and not of the transaction",
    file: postgresContext,
    text: "pg_catalog.set_config($${at}, $${at + 1}, true)",
    replacement: "pg_catalog.set_config($${at}, $${at + 1}, false)",
    noticedBy: ["packages/adapter-postgres/test/conformance.test.ts", "packages/tenants/test/postgres.test.ts"],
  },
  {
    fault: "a context is still there for the next borrower",
    file: "packages/core/src/pool/give-back.ts",
    text: "  pooled.connection.setContext?.(undefined);",
    replacement: "",
    noticedBy: [
      "packages/tenants/test/mssql.test.ts",
      "packages/tenants/test/oracle.test.ts",
      "packages/tenants/test/postgres.test.ts",
      "packages/tenants/test/random.test.ts",
    ],
  },
  {
    fault: "SQL Server keeps a context for the next borrower's own request",
    file: "packages/adapter-mssql/src/connection.ts",
    text: "    return this.#changes.dirty || this.#context.left;",
    replacement: "    return this.#changes.dirty;",
    noticedBy: ["packages/adapter-mssql/test/context.test.ts"],
  },
  {
    fault: "a context of SQL Server that failed half way is thought to be there",
    file: "packages/adapter-mssql/src/context.ts",
    text: "    for (const [key] of changes) this.#held.set(key, undefined);",
    replacement: "    for (const [key, value] of changes) this.#held.set(key, value ?? undefined);",
    noticedBy: ["packages/adapter-mssql/test/context.test.ts"],
  },
  {
    fault: "a key that one tenant has and the next one has not stays set on SQL Server",
    file: "packages/adapter-mssql/src/context.ts",
    text: "    return [...going.map((key) => [key, null] as const), ...coming];",
    replacement: "    return coming;",
    noticedBy: ["packages/adapter-mssql/test/context.test.ts"],
  },
  {
    fault: "Oracle runs a statement by the cursor of another tenant's schema",
    file: "packages/adapter-oracle/src/context.ts",
    text: "    const schema = this.#held?.schema;",
    replacement: "    const schema: string | undefined = undefined;",
    noticedBy: ["packages/adapter-oracle/test/context.test.ts", "packages/tenants/test/oracle.test.ts"],
  },
  {
    fault: "Oracle runs the next statement without the context that was refused",
    file: "packages/adapter-oracle/src/context.ts",
    text: "  failed(): void {\n    this.#inPlace = false;",
    replacement: "  failed(): void {",
    noticedBy: ["packages/adapter-oracle/test/context.test.ts", "packages/adapter-oracle/test/conformance.test.ts"],
  },
  {
    fault: "a context that is gone is not put back on Oracle",
    file: "packages/adapter-oracle/src/context.ts",
    text: "    if (this.#everHadClientId) this.#connection.clientId = clientId ?? this.own.clientId;",
    replacement: "    if (clientId !== undefined) this.#connection.clientId = clientId;",
    noticedBy: ["packages/adapter-oracle/test/context.test.ts", "packages/tenants/test/oracle.test.ts"],
  },
  {
    fault: "connections that are being closed are not part of the budget",
    file: "packages/core/src/pool/budget-share.ts",
    text: "    const gone = this.#counted - this.#state.inventory.total;",
    replacement: "    const gone = this.#counted - this.#state.inventory.total + this.#state.inventory.closing;",
    noticedBy: ["packages/core/test/pool/budget-model.test.ts", "packages/tenants/test/random.test.ts"],
  },
  {
    fault: "a scope inside another one is that of the outermost",
    file: `${tenants}/scope.ts`,
    text: "    return this.#storage.run(tenant, work);",
    replacement: "    return this.#storage.run(current ?? tenant, work);",
    noticedBy: ["packages/tenants/test/scope.test.ts", "packages/tenants/test/random.test.ts"],
  },
  {
    fault: "what one tenant has works in the scope of another one",
    file: `${tenants}/opener.ts`,
    text: "    if (current === undefined || current === id) return undefined;",
    replacement: "    if (current !== id || current === id) return undefined;",
    noticedBy: ["packages/tenants/test/scope.test.ts"],
  },
  {
    fault: "an id that was unknown once is unknown for ever",
    file: `${tenants}/lookups.ts`,
    text: "    if (until <= this.#facts.clock.now()) return undefined;",
    replacement: "",
    noticedBy: ["packages/tenants/test/resolving.test.ts"],
  },
  {
    fault:
      "a decision names the label of tenants, under which recovery finds no branch of it, and is forgotten too early",
    file: "packages/core/src/session/spanning/deciding-part.ts",
    text: "...branchNameOf(part.context),",
    replacement: "label: part.context.database,",
    noticedBy: ["packages/tenants/test/several-databases.test.ts"],
  },
  {
    fault: "a tenant is closed while a transaction over several databases has it",
    file: "packages/core/src/manager/members-of-transaction.ts",
    text: "      entered.push(member);",
    replacement: "      member.end();",
    noticedBy: ["packages/tenants/test/several-databases.test.ts"],
  },
  {
    fault: "what was not committed in a tenant's old place in time is written there after the move",
    file: "packages/core/src/session/settle.ts",
    text: '  return state === undefined || state === "none" ? undefined : context.refusal?.();',
    replacement: "  return undefined;",
    noticedBy: ["packages/tenants/test/moves.test.ts", "packages/tenants/test/scope.test.ts"],
  },
  {
    fault: "statements of a tenant's sessions and transactions have no limit",
    file: "packages/core/src/manager/shared-member.ts",
    text: "least(shared.statementTimeoutMs, of.statementTimeoutMs)",
    replacement: "shared.statementTimeoutMs",
    noticedBy: ["packages/tenants/test/limits.test.ts"],
  },
];
