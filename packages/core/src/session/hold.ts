import type { DriverConnection } from "../driver/index.ts";
import type { Failure } from "./failure.ts";

/** A connection in the hands of a stream. */
export interface Hold {
  readonly connection: DriverConnection;
  /** Gives it back; with the failure when the stream failed. */
  end(failure: Failure | undefined): void;
}
