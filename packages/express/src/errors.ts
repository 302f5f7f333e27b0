import type { IncomingMessage, ServerResponse } from "node:http";
import { errorBody, type StatusCodes } from "@nsj/mdb-http";
import { answer } from "./answer.ts";

/** An error handler as Express and Connect take it. */
export type ErrorMiddleware = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** An error handler that answers the library's errors with their status code and passes on every other; comes after the routes. */
export function mdbErrors(statusCodes: StatusCodes = {}): ErrorMiddleware {
  // Express knows an error handler by its four parameters.
  return (error, _request, response, next) => {
    const body = errorBody(error, statusCodes);
    if (body === undefined || response.headersSent) next(error);
    else answer(response, body.statusCode, body);
  };
}
