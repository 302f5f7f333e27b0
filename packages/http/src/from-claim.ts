import type { TenantFunction, TenantSource } from "./tenant-source.ts";

/**
 * The tenant is what whoever asks has proved to belong to: `fromClaim((request) => request.user?.tenant)`. The token has to be checked before, by
 * the application. Beside another source the claim must not contradict it: `from: [fromHost("*.example.org"), fromClaim(...)]`. `undefined`
 * and `null` are no claim, which contradicts nothing: a page that anybody may see.
 */
export function fromClaim<Request>(read: TenantFunction<Request>): TenantSource<Request> {
  return { name: "the claim", read: (_facts, request) => read(request) };
}
