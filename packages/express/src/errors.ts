import type { IncomingMessage, ServerResponse } from "node:http";
import { errorAnswer, type OnError, retryAfterSeconds, type StatusCodes } from "@nsj/mdb-http";
import { answer } from "./answer.ts";

/** An error handler as Express and Connect take it. */
export type ErrorMiddleware = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * An error handler that answers the library's errors with their status code and passes on every other; comes after the routes.
 *
 * @param statusCodes - those that differ from the usual ones
 * @param options - `onError` takes each error that is answered with 500; by default `console.error` does
 */
export function mdbErrors(
  statusCodes: StatusCodes = {},
  options: { readonly onError?: OnError<IncomingMessage> } = {},
): ErrorMiddleware {
  // Express knows an error handler by its four parameters.
  return (error, request, response, next) => {
    const body = response.headersSent ? undefined : errorAnswer(error, request, statusCodes, options.onError);
    if (body === undefined) {
      next(error);
      return;
    }
    const seconds = retryAfterSeconds(error, body.statusCode);
    if (seconds !== undefined) response.setHeader("retry-after", seconds);
    answer(response, body.statusCode, body);
  };
}
