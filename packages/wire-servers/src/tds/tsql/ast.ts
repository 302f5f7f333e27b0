import type { SqlType } from "../types/sql-type.ts";

/** The parts of an object's name, unquoted: `["dbo", "orders"]`. */
export type Name = readonly string[];

/** A value or a condition. Conditions are those kinds that `isCondition` names. */
export type Expression =
  | { readonly kind: "literal"; readonly type: SqlType; readonly value: string | null }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "column"; readonly parts: Name }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "~"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | Call
  | {
      readonly kind: "case";
      readonly operand: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise: Expression | undefined;
    }
  | {
      readonly kind: "cast";
      readonly operand: Expression;
      readonly type: SqlType;
    }
  | { readonly kind: "subquery"; readonly query: Query }
  | { readonly kind: "collate"; readonly operand: Expression; readonly collation: string }
  | { readonly kind: "compare"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly negated: boolean;
      readonly list: readonly Expression[] | Query;
    }
  | {
      readonly kind: "between";
      readonly operand: Expression;
      readonly negated: boolean;
      readonly low: Expression;
      readonly high: Expression;
    }
  | {
      readonly kind: "like";
      readonly operand: Expression;
      readonly negated: boolean;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
    }
  | { readonly kind: "null-test"; readonly operand: Expression; readonly negated: boolean }
  | { readonly kind: "exists"; readonly query: Query };

/** A function call, or an aggregate with its window. */
export interface Call {
  readonly kind: "call";
  /** Lower case. */
  readonly name: string;
  readonly arguments: readonly Expression[];
  /** `count(*)`. */
  readonly star: boolean;
  readonly distinct: boolean;
  readonly over: Window | undefined;
}

/** What OVER says. */
export interface Window {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Order[];
}

export interface Order {
  readonly expression: Expression;
  readonly descending: boolean;
}

/** A query with its common table expressions, order and page. */
export interface Query {
  readonly kind: "query";
  readonly common: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly Order[];
  readonly offset: Expression | undefined;
  readonly fetch: Expression | undefined;
}

export interface CommonTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly query: Query;
}

export type QueryBody = Select | SetOperation | { readonly kind: "nested"; readonly query: Query };

export interface SetOperation {
  readonly kind: "set";
  readonly operator: "UNION" | "UNION ALL" | "EXCEPT" | "INTERSECT";
  readonly left: QueryBody;
  readonly right: QueryBody;
}

export interface Select {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly top: Expression | undefined;
  readonly items: readonly SelectItem[];
  readonly into: Name | undefined;
  readonly from: readonly TableSource[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly Expression[];
  readonly having: Expression | undefined;
}

export type SelectItem =
  | { readonly kind: "star"; readonly qualifier: Name | undefined }
  | { readonly kind: "expression"; readonly expression: Expression; readonly alias: string | undefined }
  | { readonly kind: "assign"; readonly variable: string; readonly operator: string; readonly expression: Expression };

export type TableSource =
  | {
      readonly kind: "table";
      readonly name: Name;
      readonly alias: string | undefined;
      readonly hints: readonly string[];
    }
  | { readonly kind: "derived"; readonly query: Query; readonly alias: string; readonly columns: readonly string[] }
  | {
      readonly kind: "values";
      readonly rows: readonly (readonly Expression[])[];
      readonly alias: string;
      readonly columns: readonly string[];
    }
  | {
      readonly kind: "join";
      readonly join: JoinKind;
      readonly left: TableSource;
      readonly right: TableSource;
      readonly on: Expression | undefined;
    };

export type JoinKind = "INNER" | "LEFT" | "RIGHT" | "FULL" | "CROSS";

export interface Output {
  readonly items: readonly SelectItem[];
  readonly into: { readonly target: Name; readonly columns: readonly string[] } | undefined;
}

export interface Insert {
  readonly kind: "insert";
  readonly common: readonly CommonTable[];
  readonly target: Name;
  readonly hints: readonly string[];
  readonly columns: readonly string[];
  readonly output: Output | undefined;
  readonly source:
    | { readonly kind: "values"; readonly rows: readonly (readonly (Expression | "default")[])[] }
    | { readonly kind: "query"; readonly query: Query }
    | { readonly kind: "defaults" };
}

export interface Assignment {
  /** A column, or a variable with its `@`. */
  readonly target: string;
  readonly operator: string;
  readonly value: Expression | "default";
}

/** What UPDATE and DELETE have in common. */
interface ChangeOfRows {
  readonly common: readonly CommonTable[];
  readonly top: Expression | undefined;
  readonly target: Name;
  readonly hints: readonly string[];
  readonly output: Output | undefined;
  readonly from: readonly TableSource[];
  readonly where: Expression | undefined;
}

export interface Update extends ChangeOfRows {
  readonly kind: "update";
  readonly set: readonly Assignment[];
}

export interface Delete extends ChangeOfRows {
  readonly kind: "delete";
}

export interface Merge {
  readonly kind: "merge";
  readonly common: readonly CommonTable[];
  readonly target: Name;
  readonly alias: string | undefined;
  readonly hints: readonly string[];
  readonly source: TableSource;
  readonly on: Expression;
  readonly branches: readonly MergeBranch[];
  readonly output: Output | undefined;
}

export interface MergeBranch {
  readonly when: "matched" | "not-matched-by-target" | "not-matched-by-source";
  readonly condition: Expression | undefined;
  readonly action:
    | { readonly kind: "update"; readonly set: readonly Assignment[] }
    | { readonly kind: "delete" }
    | {
        readonly kind: "insert";
        readonly columns: readonly string[];
        readonly values: readonly (Expression | "default")[];
      };
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean | undefined;
  readonly identity: { readonly seed: string; readonly increment: string } | undefined;
  readonly fallback: Expression | undefined;
  readonly constraints: readonly TableConstraint[];
}

export interface ComputedColumn {
  readonly name: string;
  readonly computed: Expression;
}

export type TableConstraint =
  | { readonly kind: "primary-key" | "unique"; readonly name: string | undefined; readonly columns: readonly string[] }
  | { readonly kind: "check"; readonly name: string | undefined; readonly condition: Expression }
  | {
      readonly kind: "foreign-key";
      readonly name: string | undefined;
      readonly columns: readonly string[];
      readonly table: Name;
      readonly referenced: readonly string[];
      readonly actions: string;
    };

export interface TableDefinition {
  readonly columns: readonly (ColumnDefinition | ComputedColumn)[];
  readonly constraints: readonly TableConstraint[];
}

export interface ProcedureParameter {
  readonly name: string;
  readonly type: SqlType;
  readonly fallback: Expression | undefined;
  readonly output: boolean;
}

/** One argument of EXEC. */
export interface ExecuteArgument {
  readonly name: string | undefined;
  readonly value: Expression | "default";
  readonly output: boolean;
}

export type Statement = { readonly line: number } & (
  | { readonly kind: "select"; readonly query: Query }
  | Insert
  | Update
  | Delete
  | Merge
  | { readonly kind: "truncate"; readonly table: Name }
  | { readonly kind: "create-table"; readonly table: Name; readonly definition: TableDefinition }
  | { readonly kind: "alter-table"; readonly table: Name; readonly change: TableChange }
  | {
      readonly kind: "create-index";
      readonly unique: boolean;
      readonly name: string;
      readonly table: Name;
      readonly columns: readonly Order[];
      readonly include: readonly string[];
      readonly where: Expression | undefined;
    }
  | { readonly kind: "create-schema"; readonly name: string }
  | { readonly kind: "create-procedure"; readonly name: Name; readonly replace: boolean; readonly definition: string }
  | {
      readonly kind: "create-trigger";
      readonly name: Name;
      readonly table: Name;
      readonly events: readonly ("INSERT" | "UPDATE" | "DELETE")[];
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: "drop";
      readonly object: DroppedKind;
      readonly names: readonly Name[];
      readonly ifExists: boolean;
      readonly on: Name | undefined;
    }
  | { readonly kind: "declare"; readonly variables: readonly VariableDeclaration[] }
  | { readonly kind: "set-variable"; readonly variable: string; readonly operator: string; readonly value: Expression }
  | { readonly kind: "set-option"; readonly options: readonly string[]; readonly value: string }
  | { readonly kind: "set-identity-insert"; readonly table: Name; readonly on: boolean }
  | { readonly kind: "set-isolation"; readonly level: string }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly then: Statement;
      readonly otherwise: Statement | undefined;
    }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "try"; readonly body: readonly Statement[]; readonly handler: readonly Statement[] }
  | { readonly kind: "throw"; readonly arguments: readonly Expression[] }
  | { readonly kind: "raiserror"; readonly arguments: readonly Expression[] }
  | { readonly kind: "return"; readonly value: Expression | undefined }
  | { readonly kind: "begin-transaction"; readonly name: string }
  | { readonly kind: "commit" }
  | { readonly kind: "rollback"; readonly name: string }
  | { readonly kind: "save"; readonly name: string }
  | {
      readonly kind: "execute";
      readonly procedure: Name;
      readonly result: string | undefined;
      readonly arguments: readonly ExecuteArgument[];
    }
  | { readonly kind: "execute-text"; readonly text: Expression }
  | { readonly kind: "use"; readonly database: string }
  | { readonly kind: "wait"; readonly delay: string }
  | { readonly kind: "kill"; readonly session: Expression }
  | {
      readonly kind: "insert-bulk";
      readonly table: Name;
      readonly columns: readonly { readonly name: string; readonly type: SqlType }[];
      readonly options: readonly string[];
    }
);

export type TableChange =
  | { readonly kind: "add"; readonly definition: TableDefinition }
  | { readonly kind: "drop-column" | "drop-constraint"; readonly names: readonly string[]; readonly ifExists: boolean }
  | {
      readonly kind: "alter-column";
      readonly column: string;
      readonly type: SqlType;
      readonly nullable: boolean | undefined;
    };

export type DroppedKind = "table" | "procedure" | "index" | "schema" | "trigger";

export interface VariableDeclaration {
  readonly name: string;
  readonly type: SqlType;
  readonly value: Expression | undefined;
}

/** Whether an expression is a condition, which T-SQL allows in other places than values. */
export function isCondition(expression: Expression): boolean {
  switch (expression.kind) {
    case "compare":
    case "and":
    case "or":
    case "not":
    case "in":
    case "between":
    case "like":
    case "null-test":
    case "exists":
      return true;
    default:
      return false;
  }
}
