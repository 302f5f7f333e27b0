import { errorAnswer, type OnError, retryAfterSeconds, type StatusCodes } from "@nsj/mdb-http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * The answer for an error of the library; `undefined` for any other, which is yours to log and to answer. For `app.onError`.
 *
 * @param statusCodes - those that differ from the usual ones
 * @param options - `onError` takes each error that is answered with 500; by default `console.error` does
 */
export function mdbErrorResponse(
  error: unknown,
  context: Context,
  statusCodes: StatusCodes = {},
  options: { readonly onError?: OnError<Context> } = {},
): Response | undefined {
  const body = errorAnswer(error, context, statusCodes, options.onError);
  if (body === undefined) return undefined;
  const seconds = retryAfterSeconds(error, body.statusCode);
  const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
  return context.json(body, body.statusCode as ContentfulStatusCode, headers);
}
