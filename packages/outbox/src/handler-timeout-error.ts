/** A handler that has taken longer than `handlerTimeoutMs`: its message has failed, whatever becomes of the handler. */
export class HandlerTimeoutError extends Error {
  override readonly name = "HandlerTimeoutError";

  /** Made by a relay. */
  constructor(topic: string, limitMs: number) {
    super(`the handler of ${JSON.stringify(topic)} has not ended within ${limitMs} ms`);
  }
}
