/** An engine that folds names to upper case shows them so; in this library they are called as they are written in lower case. */
export function folded(name: string): string {
  return /^[A-Z][A-Z0-9_$#]*$/.test(name) ? name.toLowerCase() : name;
}
