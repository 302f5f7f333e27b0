/** What the service will not do, with all that its client may know about it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly statusCode: number;
  /** Stable, for programs: `"OUT_OF_STOCK"`. */
  readonly code: string;
  readonly details: object | undefined;

  constructor(statusCode: number, code: string, message: string, details?: object) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.details = details;
  }
}
