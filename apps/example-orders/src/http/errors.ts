import { STATUS_CODES } from "node:http";
import { errorBody, type StatusCodes } from "@nsj/mdb-fastify";
import type { FastifyError, FastifyInstance } from "fastify";
import { Refusal } from "./refusal.ts";

/** Whoever orders for a customer that does not exist has sent something wrong; it is no conflict. */
const statusCodes: StatusCodes = { MDB_FOREIGN_KEY_VIOLATION: 422 };

/** Gives every error one shape: `{ statusCode, code, error, retryable }`, and a message where it is the client's to know. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Refusal>((error, request, reply) => {
    const body = errorBody(error, statusCodes) ?? bodyOf(error);
    if (body.statusCode >= 500) request.log.error(error);
    return reply.code(body.statusCode).send(body);
  });

  app.setNotFoundHandler((_request, reply) => reply.code(404).send(plainBody(404, "NOT_FOUND")));
}

function bodyOf(error: FastifyError | Refusal) {
  const { statusCode = 500, code, message } = error;
  if (statusCode >= 500) return plainBody(statusCode, "INTERNAL");
  const details = error instanceof Refusal ? error.details : undefined;
  return { ...plainBody(statusCode, code), message, ...(details !== undefined && { details }) };
}

function plainBody(statusCode: number, code: string) {
  return { statusCode, code, error: STATUS_CODES[statusCode], retryable: false };
}
