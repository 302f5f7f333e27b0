/** Thrown by a handler that will never be able to handle a message: it goes to the dead ones at once. */
export class Discard extends Error {
  override readonly name = "Discard";

  /** @param reason - for people, kept with the message; no values */
  constructor(reason: string) {
    super(reason);
  }
}
