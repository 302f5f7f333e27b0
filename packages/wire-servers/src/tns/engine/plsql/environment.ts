import type { OracleType } from "../../values/oracle-type.ts";
import type { Bind, OutValue, RowSource } from "../engine.ts";
import { OracleError } from "../oracle-error.ts";
import type { TypedValue } from "../render.ts";
import type { DataType } from "../sql/data-types.ts";
import type { Target } from "./ast.ts";

/** What a variable holds: a value, or rows. */
export type Held = TypedValue | { readonly type: "REF CURSOR"; readonly rows: RowSource | null };

interface Variable {
  readonly declared: DataType | undefined;
  held: Held;
}

/** The variables that a piece of PL/SQL can see, its own and those around it. */
export class Scope {
  readonly #variables = new Map<string, Variable>();
  readonly #parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.#parent = parent;
  }

  declare(name: string, declared: DataType | undefined, held: Held = { type: "VARCHAR2", value: null }): void {
    this.#variables.set(name, { declared, held });
  }

  /** @throws OracleError PLS-00201 for a name that stands for nothing */
  find(name: string): Variable {
    const found = this.#variables.get(name) ?? this.#parent?.find(name);
    if (found === undefined)
      throw new OracleError(6550, `line 1, column 1:\nPLS-00201: identifier '${name}' must be declared`);
    return found;
  }

  get names(): ReadonlySet<string> {
    return new Set([...(this.#parent?.names ?? []), ...this.#variables.keys()]);
  }
}

/** The binds of a block, and what it does with them. */
export class BlockBinds {
  readonly #names: readonly string[];
  readonly #binds: readonly Bind[];
  readonly #values = new Map<string, Held>();
  readonly #read = new Set<string>();

  constructor(names: readonly string[], binds: readonly Bind[]) {
    this.#names = names;
    this.#binds = binds;
  }

  read(name: string): Held {
    const written = this.#values.get(name);
    if (written !== undefined) return written;
    const bind = this.#binds[this.#names.indexOf(name)];
    if (bind === undefined) throw new OracleError(1008, "not all variables bound");
    this.#read.add(name);
    return { type: bind.type, value: bind.value };
  }

  write(name: string, held: Held): void {
    this.#values.set(name, held);
  }

  directions(): ("in" | "out" | "inout")[] {
    return this.#names.map((name) => (!this.#values.has(name) ? "in" : this.#read.has(name) ? "inout" : "out"));
  }

  /** What comes back for each bind; `convert` fits a value to the bind's type. */
  outputs(convert: (held: TypedValue, bind: Bind) => OutValue): OutValue[] {
    return this.#names.map((name, index) => {
      const held = this.#values.get(name);
      const bind = this.#binds[index];
      if (held === undefined || bind === undefined) return null;
      return "rows" in held ? held.rows : convert(held, bind);
    });
  }
}

/** A scope with the binds of the block around it. */
export interface Environment {
  readonly scope: Scope;
  readonly binds: BlockBinds;
}

/** The type on the wire that a declared type comes closest to. */
export function wireType(type: DataType): OracleType {
  const base = type.postgres.replace(/\(.*$/, "");
  if (base.startsWith("numeric")) return "NUMBER";
  if (base === "boolean") return "BOOLEAN";
  if (base === "ora.date") return "DATE";
  if (base.startsWith("timestamptz")) return "TIMESTAMP WITH TIME ZONE";
  if (base === "ora.timestamp_ltz") return "TIMESTAMP WITH LOCAL TIME ZONE";
  if (base.startsWith("timestamp")) return "TIMESTAMP";
  if (base === "bytea") return "RAW";
  const lob = /^ora\.([cb]lob|nclob)$/.exec(base)?.[1];
  if (lob !== undefined) return lob.toUpperCase() as OracleType;
  const national = { "ora.char": "CHAR", "ora.nchar": "NCHAR", "ora.nvarchar": "NVARCHAR2" } as const;
  if (Object.hasOwn(national, base)) return national[base as keyof typeof national];
  if (base === "float8") return "BINARY_DOUBLE";
  if (base === "float4") return "BINARY_FLOAT";
  return base === "refcursor" ? "REF CURSOR" : "VARCHAR2";
}

/** The value of a target. */
export function readTarget({ scope, binds }: Environment, target: Target): Held {
  return target.kind === "bind" ? binds.read(target.name) : scope.find(target.name).held;
}
