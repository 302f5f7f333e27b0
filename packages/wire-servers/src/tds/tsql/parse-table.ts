import type {
  ColumnDefinition,
  ComputedColumn,
  Expression,
  TableChange,
  TableConstraint,
  TableDefinition,
} from "./ast.ts";
import { parseCondition, parseExpression } from "./parse-expression.ts";
import type { TokenStream } from "./token-stream.ts";

/** Parses `(column ..., constraint ...)`. */
export function parseTableDefinition(tokens: TokenStream): TableDefinition {
  tokens.expectSymbol("(");
  const definition = parseElements(tokens, () => !tokens.seesSymbol(")"));
  tokens.expectSymbol(")");
  return definition;
}

function parseElements(tokens: TokenStream, more: () => boolean): TableDefinition {
  const columns: (ColumnDefinition | ComputedColumn)[] = [];
  const constraints: TableConstraint[] = [];
  do {
    if (!more()) break;
    if (seesConstraint(tokens)) {
      const { constraint, fallback } = parseConstraint(tokens, undefined);
      if (fallback !== undefined) throw tokens.refuse("a DEFAULT constraint of a table");
      if (constraint !== undefined) constraints.push(constraint);
    } else columns.push(parseColumn(tokens));
  } while (tokens.acceptsSymbol(","));
  return { columns, constraints };
}

function seesConstraint(tokens: TokenStream): boolean {
  return tokens.seesAny("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "INDEX", "REFERENCES");
}

function parseColumn(tokens: TokenStream): ColumnDefinition | ComputedColumn {
  const name = tokens.identifier();
  if (tokens.accepts("AS")) {
    const computed = parseExpression(tokens);
    tokens.accepts("PERSISTED");
    return { name, computed };
  }
  const type = tokens.type();
  let nullable: boolean | undefined;
  let identity: ColumnDefinition["identity"];
  let fallback: Expression | undefined;
  const constraints: TableConstraint[] = [];
  for (;;) {
    if (tokens.accepts("NOT", "NULL")) nullable = false;
    else if (tokens.accepts("NULL")) nullable = true;
    else if (tokens.accepts("IDENTITY")) identity = parseIdentity(tokens);
    else if (tokens.accepts("COLLATE")) throw tokens.refuse(`the collation ${tokens.identifier()} of a column`);
    else if (tokens.accepts("ROWGUIDCOL") || tokens.accepts("SPARSE")) continue;
    else if (seesConstraint(tokens) || tokens.seesAny("DEFAULT")) {
      const found = parseConstraint(tokens, name);
      if (found.fallback !== undefined) fallback = found.fallback;
      if (found.constraint !== undefined) constraints.push(found.constraint);
    } else return { name, type, nullable, identity, fallback, constraints };
  }
}

function parseIdentity(tokens: TokenStream): { readonly seed: string; readonly increment: string } {
  if (!tokens.seesSymbol("(")) return { seed: "1", increment: "1" };
  const [seed = "1", increment = "1"] = tokens.parenthesized(() => parseSignedInteger(tokens));
  return { seed, increment };
}

/** Parses an integer with its sign. */
export function parseSignedInteger(tokens: TokenStream): string {
  const sign = tokens.acceptsSymbol("-") ? "-" : "";
  const token = tokens.next();
  if (token.kind !== "number" || !/^\d+$/.test(token.text)) throw tokens.unexpected();
  return sign + token.text;
}

interface ParsedConstraint {
  readonly constraint?: TableConstraint;
  readonly fallback?: Expression;
}

/** `column` is the one that the constraint stands behind; `undefined` for a constraint of the table. */
function parseConstraint(tokens: TokenStream, column: string | undefined): ParsedConstraint {
  const name = tokens.accepts("CONSTRAINT") ? tokens.identifier() : undefined;
  if (tokens.accepts("DEFAULT")) return { fallback: parseExpression(tokens) };
  if (tokens.sees("PRIMARY") || tokens.sees("UNIQUE")) {
    const kind = tokens.accepts("PRIMARY", "KEY") ? "primary-key" : "unique";
    if (kind === "unique") tokens.expect("UNIQUE");
    if (!tokens.accepts("CLUSTERED")) tokens.accepts("NONCLUSTERED");
    const columns = column === undefined || tokens.seesSymbol("(") ? parseKeyColumns(tokens) : [column];
    return { constraint: { kind, name, columns } };
  }
  if (tokens.accepts("CHECK")) {
    tokens.expectSymbol("(");
    const condition = parseCondition(tokens);
    tokens.expectSymbol(")");
    return { constraint: { kind: "check", name, condition } };
  }
  if (column === undefined || tokens.sees("FOREIGN")) tokens.expect("FOREIGN", "KEY");
  const columns =
    column === undefined || tokens.seesSymbol("(") ? tokens.parenthesized(() => tokens.identifier()) : [column];
  tokens.expect("REFERENCES");
  const table = tokens.name();
  const referenced = tokens.seesSymbol("(") ? tokens.parenthesized(() => tokens.identifier()) : [];
  return { constraint: { kind: "foreign-key", name, columns, table, referenced, actions: parseActions(tokens) } };
}

function parseKeyColumns(tokens: TokenStream): readonly string[] {
  return tokens.parenthesized(() => {
    const column = tokens.identifier();
    if (!tokens.accepts("ASC")) tokens.accepts("DESC");
    return column;
  });
}

function parseActions(tokens: TokenStream): string {
  let actions = "";
  while (tokens.accepts("ON")) {
    const deletes = tokens.accepts("DELETE");
    if (!deletes) tokens.expect("UPDATE");
    actions += ` ON ${deletes ? "DELETE" : "UPDATE"} ${parseAction(tokens)}`;
  }
  return actions;
}

function parseAction(tokens: TokenStream): string {
  for (const words of [["CASCADE"], ["NO", "ACTION"], ["SET", "NULL"], ["SET", "DEFAULT"]]) {
    if (tokens.accepts(...words)) return words.join(" ");
  }
  throw tokens.unexpected();
}

/** Parses what ALTER TABLE changes, from behind the table's name. */
export function parseTableChange(tokens: TokenStream): TableChange {
  if (tokens.accepts("ADD")) return { kind: "add", definition: parseElements(tokens, () => true) };
  if (tokens.accepts("ALTER", "COLUMN")) {
    const column = tokens.identifier();
    const type = tokens.type();
    const notNull = tokens.accepts("NOT", "NULL");
    return {
      kind: "alter-column",
      column,
      type,
      nullable: notNull ? false : tokens.accepts("NULL") ? true : undefined,
    };
  }
  tokens.expect("DROP");
  const kind = tokens.accepts("COLUMN") ? "drop-column" : "drop-constraint";
  if (kind === "drop-constraint") tokens.accepts("CONSTRAINT");
  const ifExists = tokens.accepts("IF", "EXISTS");
  return { kind, ifExists, names: tokens.list(() => tokens.identifier()) };
}
