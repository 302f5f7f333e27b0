/** Says whether a text has no half of a surrogate pair. Costs next to nothing for text without characters beyond Latin-1. */
export function isWellFormed(text: string): boolean {
  // In every Node version that we support, but not in the ES2023 typings.
  return (text as string & { isWellFormed(): boolean }).isWellFormed();
}
