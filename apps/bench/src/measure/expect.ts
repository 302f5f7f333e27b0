/** Refuses a wrong answer: a fast one that is wrong counts for nothing. */
export function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`a wrong answer: ${what}`);
}
