import { errorBody, type StatusCodes } from "@nsj/mdb-http";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * The answer for an error of the library; `undefined` for any other:
 * `app.onError((error, c) => mdbErrorResponse(error, c) ?? c.text("Internal Server Error", 500))`.
 */
export function mdbErrorResponse(
  error: unknown,
  context: Context,
  statusCodes: StatusCodes = {},
): Response | undefined {
  const body = errorBody(error, statusCodes);
  return body && context.json(body, body.statusCode as ContentfulStatusCode);
}
