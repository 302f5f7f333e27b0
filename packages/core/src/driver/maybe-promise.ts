/**
 * A value, or a promise of it. It exists in the driver SPI only, so that a synchronous engine stays synchronous underneath;
 * everything a user calls returns a plain `Promise`.
 */
export type MaybePromise<T> = T | Promise<T>;
