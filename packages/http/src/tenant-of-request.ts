import { ContradictedTenantError, MissingTenantError } from "./tenant-errors.ts";
import type { CheckedTenantOptions } from "./tenant-options.ts";
import type { RequestFacts, TenantSource } from "./tenant-source.ts";

/**
 * The id of the tenant that a request is for; a promise where a source is asynchronous.
 * @throws MissingTenantError, ContradictedTenantError, and whatever a function of the application throws
 */
export function tenantOfRequest<Request>(
  { sources }: CheckedTenantOptions<Request>,
  facts: RequestFacts,
  request: Request,
): string | Promise<string> {
  const found = sources.map((source) => source.read(facts, request));
  if (!found.some(isPromise)) return agree(sources, found);
  return Promise.all(found).then((settled) => agree(sources, settled));
}

function agree(sources: readonly TenantSource<never>[], found: readonly unknown[]): string {
  let agreed: string | undefined;
  let by = "";
  for (const [index, value] of found.entries()) {
    const name = sources[index]?.name ?? "";
    if (value === undefined || value === null || value === "") continue;
    // Not as if it said nothing: a claim that cannot be read would contradict nothing.
    if (typeof value !== "string") throw new MissingTenantError(`${name} gave something that is no tenant's id`);
    if (agreed !== undefined && agreed !== value) {
      throw new ContradictedTenantError(`${by} and ${name} of the request are of two different tenants`);
    }
    agreed = value;
    by = name;
  }
  if (agreed !== undefined) return agreed;
  throw new MissingTenantError(`the request does not say for which tenant it is, in ${listOf(sources)}`);
}

function listOf(sources: readonly TenantSource<never>[]): string {
  return sources.map(({ name }) => name).join(" or ");
}

function isPromise(value: unknown): boolean {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}
