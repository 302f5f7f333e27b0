import { errorBody, type StatusCodes } from "@nsj/mdb-http";
import type { FastifyError, FastifyInstance } from "fastify";

/** Answers the library's errors with their status codes; every other goes to the handler that the app had before. */
export function answerErrors(app: FastifyInstance, statusCodes: StatusCodes): void {
  const others = app.errorHandler;
  app.setErrorHandler<FastifyError>(function (error, request, reply) {
    const body = errorBody(error, statusCodes);
    if (body === undefined) return others.call(this, error, request, reply);
    if (body.statusCode >= 500) request.log.error(error);
    else request.log.info(error);
    return reply.code(body.statusCode).send(body);
  });
}
