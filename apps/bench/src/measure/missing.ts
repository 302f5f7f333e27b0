/** Thrown where this machine does not have what a scenario runs on: it is left out, and the reason is told. */
export class Missing extends Error {
  override readonly name = "Missing";
}
