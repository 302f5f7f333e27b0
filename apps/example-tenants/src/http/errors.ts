import { STATUS_CODES } from "node:http";
import { errorBody, retryAfterSeconds } from "@nsj/mdb-fastify";
import type { FastifyError, FastifyInstance } from "fastify";
import type { Refusal } from "./refusal.ts";

/** Gives every error one shape: `{ statusCode, code, error, retryable }`, and a message where it is the client's to know. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Refusal>((error, request, reply) => {
    const body = errorBody(error) ?? bodyOf(error);
    if (body.statusCode === 500) request.log.error(error);
    // A shop that is being moved, or that others starve, says when to come again.
    const seconds = retryAfterSeconds(error, body.statusCode);
    if (seconds !== undefined) reply.header("retry-after", seconds);
    return reply.code(body.statusCode).send(body);
  });

  app.setNotFoundHandler((_request, reply) => reply.code(404).send(plainBody(404, "NOT_FOUND")));
}

function bodyOf({ statusCode = 500, code, message }: FastifyError | Refusal) {
  return statusCode >= 500 ? plainBody(statusCode, "INTERNAL") : { ...plainBody(statusCode, code), message };
}

function plainBody(statusCode: number, code: string) {
  return { statusCode, code, error: STATUS_CODES[statusCode], retryable: false };
}
