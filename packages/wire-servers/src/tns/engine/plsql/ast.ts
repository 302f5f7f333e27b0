import type { DataType } from "../sql/data-types.ts";

/** A piece of the text, by the indexes of its tokens; the second one not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What can be assigned to. */
export type Target =
  | { readonly kind: "bind"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string };

/** An argument of a call. */
export interface Argument {
  /** Given as `name => value`. */
  readonly name: string | undefined;
  readonly value: Span;
  /** Where the value is something that can be assigned to. */
  readonly target: Target | undefined;
}

/** A statement of a block. */
export type Step =
  | { readonly kind: "nothing" }
  | { readonly kind: "assign"; readonly target: Target; readonly value: Span }
  | { readonly kind: "return"; readonly value: Span | undefined }
  | { readonly kind: "sql"; readonly text: Span }
  | { readonly kind: "selectInto"; readonly head: Span; readonly targets: readonly Target[]; readonly tail: Span }
  | { readonly kind: "immediate"; readonly text: Span }
  | { readonly kind: "open"; readonly target: Target; readonly query: Span; readonly dynamic: boolean }
  | { readonly kind: "close" }
  | { readonly kind: "call"; readonly name: readonly string[]; readonly args: readonly Argument[]; readonly at: number }
  | { readonly kind: "block"; readonly block: Block };

/** A variable of a block. */
export interface Declaration {
  readonly name: string;
  readonly type: DataType;
  readonly value: Span | undefined;
}

/** `DECLARE ... BEGIN ... END`. */
export interface Block {
  readonly declarations: readonly Declaration[];
  readonly body: readonly Step[];
}

/** A parameter of a procedure or function. */
export interface Parameter {
  readonly name: string;
  readonly mode: "in" | "out" | "inout";
  readonly type: DataType;
  readonly value: Span | undefined;
}

/** A procedure or function. */
export interface Subprogram {
  readonly parameters: readonly Parameter[];
  readonly returns: DataType | undefined;
  readonly block: Block;
}
