import { isMdbError, type MdbError } from "@nsj/mdb-core";
import { printError } from "./print-error.ts";
import { type ErrorBody, errorBody, type StatusCodes } from "./status-codes.ts";

/**
 * Takes an error of the library that is answered with 500: the client is told no more than its code, so nobody else would see it.
 * `request` is what the framework has of the request. What it throws, or rejects with, is printed and changes no answer.
 */
export type OnError<Request> = (error: MdbError, request: Request) => unknown;

/**
 * Like {@link errorBody}, and hands what is answered with 500 to `onError`, which prints it with `console.error` by default: with its
 * cause, the driver's own error, which may hold values of the statement.
 */
export function errorAnswer<Request>(
  error: unknown,
  request: Request,
  statusCodes: StatusCodes = {},
  onError: OnError<Request> = (it) => printError(it),
): ErrorBody | undefined {
  const body = errorBody(error, statusCodes);
  if (body?.statusCode === 500 && isMdbError(error)) void tell(onError, error, request);
  return body;
}

async function tell<Request>(onError: OnError<Request>, error: MdbError, request: Request): Promise<void> {
  try {
    await onError(error, request);
  } catch (failure) {
    printError(error, failure);
  }
}
