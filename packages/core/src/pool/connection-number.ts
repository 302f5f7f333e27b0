import type { DriverConnection } from "../driver/index.ts";

const numbers = new WeakMap<DriverConnection, number>();

/** Notes the how-manieth connection of its pool it is. */
export function giveNumber(connection: DriverConnection, number: number): void {
  numbers.set(connection, number);
}

/** The how-manieth connection of its pool it is, for events; `undefined` while it is being opened. */
export function numberOf(connection: DriverConnection): number | undefined {
  return numbers.get(connection);
}
