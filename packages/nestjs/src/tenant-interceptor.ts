import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from "@nestjs/common";
import { Reflector } from "@nestjs/core";
import {
  type CheckedTenantOptions,
  checkTenantOptions,
  keepRequestContext,
  keepStreamContext,
  nodeFacts,
  runForRequest,
  type TenantOptions,
  tenantOfRequest,
} from "@nsj/mdb-http";
import { map, type Observable } from "rxjs";
import { tenantOptionsToken, withoutTenantKey } from "./tokens.ts";

/** Fastify wraps those of Node.js. */
interface Wrapped {
  readonly raw?: unknown;
}

/** Opens the scope of each request's tenant around pipes, handler and answer; after the guards, so that they may check tokens. */
export class MdbTenantInterceptor implements NestInterceptor {
  static {
    Injectable()(MdbTenantInterceptor);
    Inject(tenantOptionsToken)(MdbTenantInterceptor, undefined, 0);
    Inject(Reflector)(MdbTenantInterceptor, undefined, 1);
  }
  readonly #options: CheckedTenantOptions<object>;
  readonly #reflector: Reflector;

  /** Made by Nest. @throws ConfigurationError naming the option that is wrong */
  constructor(options: TenantOptions<object>, reflector: Reflector) {
    this.#options = checkTenantOptions(options);
    this.#reflector = reflector;
  }

  /** Called by Nest. */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const isWithout = this.#reflector.getAllAndOverride(withoutTenantKey, [context.getHandler(), context.getClass()]);
    if (context.getType() !== "http" || isWithout === true) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<object & Wrapped>();
    const response = http.getResponse<object & Wrapped>();
    const raw = (request.raw ?? request) as IncomingMessage;
    const id = await tenantOfRequest(this.#options, nodeFacts(request, raw), request);
    return runForRequest(this.#options.tenants, id, raw, () => {
      keepRequestContext(raw, (response.raw ?? response) as ServerResponse);
      const inScope = AsyncLocalStorage.snapshot();
      // Nest sends the answer when this is over.
      return next.handle().pipe(map((answer: unknown) => inScope(() => keep(answer))));
    });
  }
}

function keep(answer: unknown): unknown {
  if (answer instanceof StreamableFile) keepStreamContext(answer.getStream());
  else if (answer instanceof Readable) keepStreamContext(answer);
  return answer;
}
