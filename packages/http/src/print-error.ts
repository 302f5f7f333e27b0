/** Prints errors for the operator: the one place where the library does so. Used where an application gives no `onError`. */
export function printError(...errors: readonly unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: A server that answers 500 and says nowhere why cannot be mended.
  console.error(...errors);
}
