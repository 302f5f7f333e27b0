import { AsyncLocalStorage } from "node:async_hooks";
import type { Context } from "hono";

/** What makes answers of a text that is there already: nothing of them is made while they are sent. */
const makers = ["json", "text", "html", "redirect"] as const;

/** Notes the whole answers that a context makes from now on; the rest may stream. Wrapping each would cost them their length. */
export function wholeAnswersOf(context: Context): (answer: Response) => boolean {
  const whole = new WeakSet<Response>();
  for (const name of makers) {
    const make = context[name] as (...parameters: unknown[]) => unknown;
    const noting = (...parameters: unknown[]): unknown => {
      const made = make(...parameters);
      if (made instanceof Response) whole.add(made);
      return made;
    };
    Object.defineProperty(context, name, { value: noting, configurable: true, writable: true });
  }
  return (answer) => answer.bodyUsed || whole.has(answer);
}

/** Has the body of a context's answer read in the context of now, although the server reads it when the handler has returned. */
export function keepBodyContext(context: Context): void {
  const answer = context.res;
  if (answer.body === null) return;
  const inContext = AsyncLocalStorage.snapshot();
  const reader = answer.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        inContext(async () => {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        }),
      cancel: (reason) => inContext(() => reader.cancel(reason)),
    },
    { highWaterMark: 0 },
  );
  const { status, statusText, headers } = answer;
  // An answer that takes the place of another is given the headers of that once more, which would add its cookies to themselves.
  context.res = undefined;
  context.res = new Response(body, { status, statusText, headers });
}
