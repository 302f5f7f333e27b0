import { dataType, jsonConstraint, sizeConstraint } from "./data-types.ts";
import { type DdlContext, owned } from "./ddl-context.ts";
import { columnList, name, quoted, quotedPath, tableName } from "./names.ts";
import { expressionsOf } from "./query.ts";
import { sequenceOptions } from "./sequence-options.ts";
import type { TokenStream } from "./token-stream.ts";

/** The columns and constraints between the parentheses of CREATE TABLE or behind ALTER TABLE ... ADD. */
export class TableParts {
  readonly elements: string[] = [];
  /** The columns among them, in quotes. */
  readonly columns: string[] = [];
  /** Statements that have to come first: the sequences behind identity columns. */
  readonly before: string[] = [];
  readonly #identities: { readonly column: string; readonly sequence: string; readonly kind: string }[] = [];
  readonly #context: DdlContext;
  readonly #table: string;

  constructor(context: DdlContext, table: string) {
    this.#context = context;
    this.#table = table;
  }

  /** Statements that have to come last: a column remembers that it is an identity. */
  after(table: string): string[] {
    return this.#identities.flatMap(({ column, sequence, kind }) => [
      `COMMENT ON COLUMN ${table}.${quoted(column)} IS '${kind}'`,
      `ALTER SEQUENCE ${sequence} OWNED BY ${table}.${quoted(column)}`,
    ]);
  }

  element(stream: TokenStream): void {
    if (stream.isOneOf("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"))
      this.elements.push(this.#tableConstraint(stream));
    else this.#column(stream);
  }

  #tableConstraint(stream: TokenStream): string {
    const constraint = this.#constraintName(stream);
    let text: string;
    if (stream.accept("PRIMARY")) {
      stream.expect("KEY", 905, "missing keyword");
      text = `PRIMARY KEY ${columnList(stream)}`;
    } else if (stream.accept("UNIQUE")) {
      text = `UNIQUE ${columnList(stream)}`;
    } else if (stream.accept("FOREIGN")) {
      stream.expect("KEY", 905, "missing keyword");
      const columns = columnList(stream);
      text = `FOREIGN KEY ${columns} ${this.#references(stream)}`;
    } else if (stream.accept("CHECK")) {
      text = this.#check(stream);
    } else {
      throw stream.error(904, "invalid identifier");
    }
    return `${constraint}${text}${constraintState(stream)}`;
  }

  #constraintName(stream: TokenStream): string {
    return `CONSTRAINT ${quoted(stream.accept("CONSTRAINT") ? name(stream) : this.#context.systemName())} `;
  }

  #references(stream: TokenStream): string {
    stream.expect("REFERENCES", 905, "missing keyword");
    const path = tableName(stream);
    const table = owned(this.#context, path);
    const columns = stream.is("(") ? ` ${columnList(stream)}` : "";
    let action = "";
    if (stream.accept("ON")) {
      stream.expect("DELETE", 905, "missing keyword");
      if (stream.accept("CASCADE")) action = " ON DELETE CASCADE";
      else if (stream.accept("SET", "NULL")) action = " ON DELETE SET NULL";
      else throw stream.error(905, "missing keyword");
    }
    return `REFERENCES ${table}${columns}${action}`;
  }

  #check(stream: TokenStream): string {
    stream.expect("(");
    const condition = expressionsOf(stream).expression();
    stream.expect(")");
    return `CHECK (${condition})`;
  }

  #column(stream: TokenStream): void {
    const column = name(stream, 904, "invalid identifier");
    if (stream.isOneOf(",", ")") || stream.peek().kind === "end") throw stream.error(902, "invalid datatype");
    const type = dataType(stream);
    const holdsJson = checksJson(stream, column);
    const postgres = holdsJson ? (type.postgres === "ora.clob" ? "ora.json_clob" : "ora.json_varchar") : type.postgres;
    let text = `${quoted(column)} ${postgres}`;
    for (;;) {
      const option = this.#columnOption(stream, column);
      if (option === undefined) break;
      text += ` ${option}`;
    }
    this.elements.push(text);
    this.columns.push(quoted(column));
    const size = sizeConstraint(column, type);
    if (size !== undefined) this.elements.push(size);
    if (postgres === "ora.json")
      this.elements.push(`CONSTRAINT ${jsonConstraint(column)} CHECK (${quoted(column)}::text IS JSON)`);
    // A stored empty string would be a fault of this server: Oracle has none.
    if (postgres === "varchar" || postgres === "ora.nvarchar")
      this.elements.push(`CONSTRAINT ${quoted(`not empty ${column}`)} CHECK (${quoted(column)}::text <> '')`);
  }

  #columnOption(stream: TokenStream, column: string): string | undefined {
    if (stream.accept("DEFAULT")) {
      if (stream.is("ON")) throw stream.refuse("DEFAULT ON NULL");
      return `DEFAULT ${expressionsOf(stream).expression()}`;
    }
    if (stream.accept("GENERATED")) return this.#identity(stream, column);
    if (stream.accept("NOT")) {
      stream.expect("NULL", 908, "missing NULL keyword");
      return `NOT NULL${constraintState(stream)}`;
    }
    if (stream.accept("NULL")) return "";
    const start = stream.at;
    const named = stream.accept("CONSTRAINT") ? name(stream) : undefined;
    if (named !== undefined && stream.accept("NOT", "NULL")) return "NOT NULL";
    const constraint = `CONSTRAINT ${quoted(named ?? this.#context.systemName())} `;
    if (stream.accept("PRIMARY")) {
      stream.expect("KEY", 905, "missing keyword");
      return `${constraint}PRIMARY KEY${constraintState(stream)}`;
    }
    if (stream.accept("UNIQUE")) return `${constraint}UNIQUE${constraintState(stream)}`;
    if (stream.accept("CHECK")) return `${constraint}${this.#check(stream)}${constraintState(stream)}`;
    if (stream.is("REFERENCES")) return `${constraint}${this.#references(stream)}${constraintState(stream)}`;
    if (named !== undefined) throw stream.error(904, "invalid identifier");
    stream.at = start;
    if (!stream.isOneOf(",", ")") && stream.peek().kind !== "end") throw stream.error(907, "missing right parenthesis");
    return undefined;
  }

  /** PostgreSQL's identity columns are integers only, so a sequence of ours stands behind Oracle's. */
  #identity(stream: TokenStream, column: string): string {
    let kind = "identity by default";
    if (stream.accept("ALWAYS")) kind = "identity always";
    else if (stream.accept("BY", "DEFAULT")) {
      if (stream.accept("ON", "NULL")) throw stream.refuse("GENERATED BY DEFAULT ON NULL");
    } else if (!stream.is("AS")) throw stream.error(905, "missing keyword");
    stream.expect("AS", 905, "missing keyword");
    if (!stream.accept("IDENTITY")) throw stream.refuse("a virtual column");
    const options = stream.accept("(") ? sequenceOptions(stream) : "";
    if (options !== "" || stream.is(")")) stream.accept(")");
    const sequence = quotedPath([this.#context.schema, `ISEQ$$_${this.#table}_${column}`]);
    this.before.push(`CREATE SEQUENCE ${sequence}${options}`);
    this.#identities.push({ column, sequence, kind });
    return `DEFAULT nextval('${sequence.replaceAll("'", "''")}')::numeric NOT NULL`;
  }
}

/** Looks ahead for a check that the column holds JSON, which makes it a column of JSON to the client. */
function checksJson(stream: TokenStream, column: string): boolean {
  for (let ahead = 0; ahead < 12; ahead++) {
    const token = stream.peek(ahead);
    if (token.kind === "end" || token.value === ",") return false;
    if (token.value === "CHECK" && stream.peek(ahead + 2).value === column && stream.peek(ahead + 3).value === "IS") {
      return stream.peek(ahead + 4).value === "JSON";
    }
  }
  return false;
}

/** `DEFERRABLE INITIALLY DEFERRED`, `ENABLE`, `USING INDEX`. */
function constraintState(stream: TokenStream): string {
  let text = "";
  for (;;) {
    if (stream.accept("NOT", "DEFERRABLE")) text += " NOT DEFERRABLE";
    else if (stream.accept("DEFERRABLE")) text += " DEFERRABLE";
    else if (stream.accept("INITIALLY", "DEFERRED")) text += " INITIALLY DEFERRED";
    else if (stream.accept("INITIALLY", "IMMEDIATE")) text += " INITIALLY IMMEDIATE";
    else if (!stream.accept("ENABLE") && !stream.accept("VALIDATE") && !stream.accept("USING", "INDEX")) return text;
  }
}
