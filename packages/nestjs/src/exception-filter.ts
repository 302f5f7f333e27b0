import { type ArgumentsHost, Catch, HttpException, Inject, Logger } from "@nestjs/common";
import { BaseExceptionFilter, HttpAdapterHost } from "@nestjs/core";
import { MdbError } from "@nsj/mdb-core";
import { errorAnswer, retryAfterSeconds } from "@nsj/mdb-http";
import type { MdbModuleOptions } from "./options.ts";
import { optionsToken } from "./tokens.ts";

/**
 * Answers the library's errors with their status codes; the module uses it everywhere. In microservices and GraphQL it leaves them to
 * Nest. Gateways for WebSockets need a filter of their own, because Nest takes an error that a filter has caught as answered.
 */
export class MdbExceptionFilter extends BaseExceptionFilter<MdbError> {
  static {
    Catch(MdbError)(MdbExceptionFilter);
    Inject(HttpAdapterHost)(MdbExceptionFilter, undefined, 0);
    Inject(optionsToken)(MdbExceptionFilter, undefined, 1);
  }
  readonly #logger = new Logger("MdbExceptionFilter");
  readonly #host: HttpAdapterHost;
  readonly #options: MdbModuleOptions;

  /** Made by Nest. */
  constructor(host: HttpAdapterHost, options: MdbModuleOptions) {
    super(host.httpAdapter);
    this.#host = host;
    this.#options = options;
  }

  /** Called by Nest. */
  override catch(exception: MdbError, host: ArgumentsHost): void {
    if (host.getType() !== "http") return;
    const { statusCodes, onError = (error) => this.#logger.error(error) } = this.#options;
    const body = statusCodes === false ? undefined : errorAnswer(exception, host, statusCodes, onError);
    if (body === undefined) {
      super.catch(exception, host);
      return;
    }
    const seconds = retryAfterSeconds(exception, body.statusCode);
    if (seconds !== undefined) {
      this.#host.httpAdapter.setHeader(host.switchToHttp().getResponse(), "retry-after", String(seconds));
    }
    if (body.statusCode > 500) this.#logger.error(exception);
    super.catch(new HttpException(body, body.statusCode) as never, host);
  }
}
