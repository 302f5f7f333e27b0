import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseManager, isMdbError, NoRowsError } from "@nsj/mdb-core";
import { errorAnswer, type OnError, type StatusCodes } from "@nsj/mdb-http";
import { expect, it, onTestFinished, vi } from "vitest";

const failing = () => new DatabaseManager({}).database("ordres" as never);

it("hands what is answered with 500 to onError, with the request", async () => {
  const seen: unknown[] = [];
  const answer = await ask(failing, {}, (error, request) => seen.push([error.code, request.url]));
  expect(answer).toMatchObject({ status: 500, body: { code: "MDB_UNKNOWN_DATABASE" } });
  expect(seen).toEqual([["MDB_UNKNOWN_DATABASE", "/somewhere"]]);
});

it("hands over what the application itself answers with 500, and nothing that has another status", async () => {
  const seen: string[] = [];
  const missing = () => {
    throw new NoRowsError("none");
  };
  const see: OnError<IncomingMessage> = (error) => seen.push(error.code);
  expect((await ask(missing, {}, see)).status).toBe(404);
  expect((await ask(failing, { MDB_UNKNOWN_DATABASE: 503 }, see)).status).toBe(503);
  expect(seen).toEqual([]);
  expect((await ask(missing, { MDB_NO_ROWS: 500 }, see)).status).toBe(500);
  expect(seen).toEqual(["MDB_NO_ROWS"]);
});

it("prints it where nobody takes it", async () => {
  const print = printed();
  await ask(failing);
  expect(print).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "MDB_UNKNOWN_DATABASE" }));
});

it.each<[string, OnError<IncomingMessage>]>([
  [
    "throws",
    () => {
      throw new Error("no log");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no log"))],
])("prints both and answers all the same when onError %s", async (_how, onError) => {
  const print = printed();
  expect((await ask(failing, {}, onError)).status).toBe(500);
  const both = [expect.objectContaining({ code: "MDB_UNKNOWN_DATABASE" }), new Error("no log")];
  expect(print).toHaveBeenCalledExactlyOnceWith(...both);
});

it("leaves every other error to the framework", () => {
  const onError = vi.fn();
  expect(errorAnswer(new Error("other"), undefined, {}, onError)).toBeUndefined();
  expect(onError).not.toHaveBeenCalled();
});

function printed() {
  const print = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => print.mockRestore());
  return print;
}

/** Asks a server whose handler fails. */
async function ask(handler: () => unknown, statusCodes?: StatusCodes, onError?: OnError<IncomingMessage>) {
  const server = createServer((request, response) => {
    try {
      handler();
    } catch (error) {
      expect(isMdbError(error)).toBe(true);
      const body = errorAnswer(error, request, statusCodes, onError);
      response.writeHead(body?.statusCode ?? 501).end(JSON.stringify(body));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/somewhere`);
  return { status: response.status, body: await response.json() };
}
