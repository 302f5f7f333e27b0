/** How long everything may take. */
export interface Effort {
  readonly quick: boolean;
  /** How often each contestant has its turn. */
  readonly rounds: number;
  /** How long one turn lasts, in milliseconds. */
  readonly blockMs: number;
  /** How long each contestant runs before anything counts, in milliseconds. */
  readonly warmUpMs: number;
  /** How many operations it performs before, at least, unless they are slow: about as many as V8 takes to optimise all of a library. */
  readonly warmUpOperations: number;
}
