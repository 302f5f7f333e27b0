import type { IncomingMessage, ServerResponse } from "node:http";
import { keepContext } from "./kept-context.ts";
import { tenantOfRequest } from "./tenant-of-request.ts";
import { type CheckedTenantOptions, checkTenantOptions, type TenantOptions } from "./tenant-options.ts";
import type { RequestFacts } from "./tenant-source.ts";
import { runForRequest } from "./tenants-of-request.ts";

/** What frameworks on `node:http` add to a request. */
interface Framed {
  readonly host?: unknown;
  readonly params?: unknown;
}

/** Calls what follows in the scope of the request's tenant, or hands it the error outside of any. */
export type NextInTenant<Request> = (
  request: Request,
  raw: IncomingMessage,
  response: ServerResponse,
  next: (error?: Error) => void,
) => void;

/**
 * Opens the scope of each request's tenant around what follows, for frameworks that go on by calling `next`. What the request and the response
 * tell, and so the answer that streams, stays in the scope. Nothing is looked up.
 * @throws ConfigurationError naming the option that is wrong
 */
export function nextInTenant<Request extends object>(options: TenantOptions<Request>): NextInTenant<Request> {
  const checked = checkTenantOptions(options);
  return (request, raw, response, next) => {
    const begin = (id: string): void => {
      let hasBegun = false;
      try {
        runForRequest(checked.tenants, id, raw, () => {
          hasBegun = true;
          keepRequestContext(raw, response);
          next();
        });
      } catch (error) {
        if (hasBegun) throw error;
        next(error as Error);
      }
    };
    findTenant(checked, request, raw, begin, next);
  };
}

function findTenant<Request extends object>(
  checked: CheckedTenantOptions<Request>,
  request: Request,
  raw: IncomingMessage,
  begin: (id: string) => void,
  next: (error: Error) => void,
): void {
  let id: string | Promise<string>;
  try {
    id = tenantOfRequest(checked, nodeFacts(request, raw), request);
  } catch (error) {
    next(error as Error);
    return;
  }
  if (typeof id === "string") begin(id);
  else id.then(begin, next);
}

/** Has everything that a request and its response tell come in the context of now. */
export function keepRequestContext(request: IncomingMessage, response: ServerResponse): void {
  keepContext(request, ["emit"]);
  keepContext(response, ["emit"]);
}

/**
 * What sources look at, of a request to a server of `node:http`.
 * @param request - the framework's: its `host` and `params` are taken where it has them
 */
export function nodeFacts(request: object, raw: IncomingMessage): RequestFacts {
  const framed: Framed = request;
  // Requests that tests inject have headers of their own, and nothing else.
  const distinct: NodeJS.Dict<string[]> | undefined = raw.headersDistinct;
  const header = (name: string): readonly string[] => distinct?.[name] ?? valuesOf(raw.headers[name]);
  return {
    get host() {
      const { host } = framed;
      if (typeof host === "string") return host;
      return raw.headers.host ?? (raw.headers[":authority"] as string | undefined);
    },
    header,
    param(name) {
      const { params } = framed;
      if (typeof params !== "object" || params === null || !Object.hasOwn(params, name)) return undefined;
      return (params as Readonly<Record<string, unknown>>)[name];
    },
  };
}

function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
