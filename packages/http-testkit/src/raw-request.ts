import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** An answer, and what it says of itself. */
export interface Answered {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the tests compare
  readonly body: any;
}

/** Asks with headers of its own, which `fetch` would not send: a `Host` among them. */
export async function askAs(url: string, headers: Readonly<Record<string, string>>): Promise<Answered> {
  const asked = request(url, { headers, agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  const body = await text(response);
  return answered(response.statusCode, response.headers["retry-after"], body);
}

/** Posts JSON. */
export async function postTo(url: string, body: unknown): Promise<Answered> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return answered(response.status, response.headers.get("retry-after") ?? undefined, await response.text());
}

/** Sends lines as they are, on a connection that nobody else uses, and gives all that comes back until the server closes it. */
export async function sendLines(url: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // Not ended: a client that has nothing more to say counts as gone.
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return text(socket);
}

/** The status of an answer that came as text. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

function answered(status: number, retryAfter: string | undefined, text: string): Answered {
  let body: { readonly code?: unknown } | undefined;
  try {
    body = JSON.parse(text) as { readonly code?: unknown };
  } catch {
    body = undefined;
  }
  return { status, code: body?.code, retryAfter, body };
}
