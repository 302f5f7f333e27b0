import type { MdbError } from "@nsj/mdb-core";
import { errorAnswer, type OnError, printError, retryAfterSeconds, type StatusCodes } from "@nsj/mdb-http";
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";

/** Answers the library's errors with their status codes; every other goes to the handler that the app had before. */
export function answerErrors(
  app: FastifyInstance,
  statusCodes: StatusCodes,
  onError: OnError<FastifyRequest> = log,
): void {
  const others = app.errorHandler;
  app.setErrorHandler<FastifyError>(function (error, request, reply) {
    const body = errorAnswer(error, request, statusCodes, onError);
    if (body === undefined) return others.call(this, error, request, reply);
    if (body.statusCode > 500) request.log.error(error);
    else if (body.statusCode < 500) request.log.info(error);
    const seconds = retryAfterSeconds(error, body.statusCode);
    if (seconds !== undefined) reply.header("retry-after", seconds);
    return reply.code(body.statusCode).send(body);
  });
}

/** An app that was made without a logger has one that does nothing and has no level. */
function log(error: MdbError, { log }: FastifyRequest): void {
  if (log.level === undefined) printError(error);
  else log.error(error);
}
