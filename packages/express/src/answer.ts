import type { ServerResponse } from "node:http";

/** Sends JSON without a framework's help. */
export function answer(response: ServerResponse, statusCode: number, body: object): void {
  response.statusCode = statusCode;
  response.setHeader("content-type", "application/json; charset=utf-8");
  response.end(JSON.stringify(body));
}
