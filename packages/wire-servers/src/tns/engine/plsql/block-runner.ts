import type { RowSource } from "../engine.ts";
import type { OracleSession } from "../oracle-session.ts";
import type { TokenStream } from "../sql/token-stream.ts";
import type { Block, Span, Target } from "./ast.ts";
import type { Environment, Held } from "./environment.ts";

/** What runs a block, as the subprograms that the block calls see it: they have blocks of their own. */
export interface BlockRunner {
  readonly session: OracleSession;
  /** Result sets that the block has returned without a bind. */
  readonly results: RowSource[];
  block(block: Block, source: TokenStream, outer: Environment): Promise<void>;
  /** The value of an expression. */
  evaluate(span: Span, source: TokenStream, environment: Environment): Promise<Held>;
  /** Puts a value into a variable, by its type, or into a bind. */
  assign(environment: Environment, target: Target, held: Held): Promise<void>;
}
