import type { BackingColumn } from "../../shared/backing-cursor.ts";
import type { PostgresSession } from "../../shared/postgres-session.ts";
import type { ResultColumn } from "../protocol/response.ts";
import { readComment } from "../tsql/emit-definition.ts";
import { namelessColumn, type StaticColumn } from "../tsql/emit-query.ts";
import { backingIdentifier } from "../tsql/identifier.ts";
import { maxLength, plain, type SqlType, sqlType } from "../types/sql-type.ts";
import { NotUnderstoodError } from "./sql-server-error.ts";

/** What the catalogue says about a column of a table. */
interface TableColumn {
  readonly name: string | undefined;
  readonly type: SqlType | undefined;
  readonly nullable: boolean;
  readonly identity: boolean;
}

/** PostgreSQL's numbers for its own types. */
const typeOids: Readonly<Record<number, SqlType>> = {
  16: plain("bit"),
  17: { name: "varbinary", length: maxLength },
  20: plain("bigint"),
  21: plain("smallint"),
  23: plain("int"),
  25: { name: "nvarchar", length: maxLength },
  700: plain("real"),
  701: plain("float"),
  1082: plain("date"),
  2950: plain("uniqueidentifier"),
};

const oid = { bpchar: 1042, varchar: 1043, numeric: 1700 } as const;

/** Knows which types of SQL Server the columns of results have. One per server; sessions share what it learnt. */
export class Catalog {
  readonly #tables = new Map<number, ReadonlyMap<number, TableColumn>>();
  readonly #tickTypes = new Map<number, string>();

  /** Reads the numbers of the types that the backing schema made. */
  async load(session: PostgresSession): Promise<void> {
    const { rows } = await session.run("SELECT oid, typname FROM pg_type WHERE typnamespace = 'mssql'::regnamespace");
    for (const [number, name] of rows) this.#tickTypes.set(Number(number), String(name));
  }

  /** Forgets the tables: something was defined or dropped. */
  forget(): void {
    this.#tables.clear();
  }

  /** Reads what it does not know yet about the tables behind some columns. */
  async learn(columns: readonly BackingColumn[], session: PostgresSession): Promise<void> {
    const unknown = new Set(columns.map((it) => it.tableOid).filter((it) => it !== 0 && !this.#tables.has(it)));
    for (const table of unknown) {
      const { rows } = await session.run(
        `SELECT a.attnum, d.description, a.attnotnull, a.attidentity <> '' FROM pg_attribute a
          LEFT JOIN pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass
          WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped`,
        [String(table)],
      );
      const found = rows.map(([number, type, notNull, identity]): [number, TableColumn] => [
        Number(number),
        {
          name: type ? readComment(type).name : undefined,
          type: type ? readComment(type).type : undefined,
          nullable: notNull !== "t",
          identity: identity === "t",
        },
      ]);
      this.#tables.set(table, new Map(found));
    }
  }

  /**
   * The columns of a result for COLMETADATA. `known` is what the translator knows, with `undefined` for each star; `mayBeNull` is
   * `false` when the rows are those of one table, so that its NOT NULL columns stay so.
   */
  resultColumns(
    columns: readonly BackingColumn[],
    known: readonly (StaticColumn | undefined)[],
    mayBeNull: boolean,
  ): readonly ResultColumn[] {
    return columns.map((column, index) => {
      const stated = alignedWith(known, index, columns.length);
      const own = this.#tables.get(column.tableOid)?.get(column.columnNumber);
      return {
        name: stated?.name ?? nameOf(column, own),
        type: statedType(stated, column) ?? own?.type ?? this.#typeOf(column),
        nullable: mayBeNull || own === undefined || own.nullable,
        identity: own?.identity === true,
      };
    });
  }

  /** The type of SQL Server for a type of PostgreSQL that says no facets. */
  typeOfOid(typeOid: number): SqlType {
    return this.#typeOf({ name: "", typeOid, typeModifier: -1, tableOid: 0, columnNumber: 0 });
  }

  #typeOf(column: BackingColumn): SqlType {
    const { typeOid, typeModifier } = column;
    const simple = typeOids[typeOid];
    if (simple !== undefined) return simple;
    const tickType = this.#tickTypes.get(typeOid);
    if (tickType !== undefined) return tickTypeOf(tickType, typeModifier);
    if (typeOid === oid.varchar) return textType("nvarchar", typeModifier - 4);
    if (typeOid === oid.bpchar) return textType("nchar", typeModifier - 4);
    if (typeOid === oid.numeric) {
      // Without a declared scale it is found in the rows.
      if (typeModifier < 0) return { name: "numeric", precision: 38 };
      return { name: "numeric", precision: ((typeModifier - 4) >> 16) & 0xffff, scale: (typeModifier - 4) & 0xffff };
    }
    throw new NotUnderstoodError(`a result of PostgreSQL's type ${typeOid}`);
  }
}

function statedType(stated: StaticColumn | undefined, column: BackingColumn): SqlType | undefined {
  const only = stated?.onlyFor;
  const holds = only === undefined || (only.typeOid === column.typeOid && only.typeModifier === column.typeModifier);
  return holds ? stated?.type : undefined;
}

/** A column of a table is called as its definition says, unless the query gave it another name. */
function nameOf(column: BackingColumn, own: TableColumn | undefined): string {
  if (column.name === namelessColumn) return "";
  return own?.name !== undefined && backingIdentifier(own.name) === column.name ? own.name : column.name;
}

function tickTypeOf(name: string, typeModifier: number): SqlType {
  if (typeModifier === 24) return plain("datetime");
  if (typeModifier === 25) return plain("smalldatetime");
  const type = sqlType(name, [typeModifier < 0 ? 7 : typeModifier - 5]);
  if (type === undefined) throw new NotUnderstoodError(`a result of the type ${name}`);
  return type;
}

function textType(name: "nvarchar" | "nchar", length: number): SqlType {
  return length < 1 || length > 4000 ? { name: "nvarchar", length: maxLength } : { name, length };
}

/** What is known of column `index` when stars stand for any number of columns. */
function alignedWith(
  known: readonly (StaticColumn | undefined)[],
  index: number,
  count: number,
): StaticColumn | undefined {
  if (!known.includes(undefined)) return known[index];
  const firstStar = known.indexOf(undefined);
  if (index < firstStar) return known[index];
  const fromEnd = count - index;
  return fromEnd <= known.length - 1 - known.lastIndexOf(undefined) ? known[known.length - fromEnd] : undefined;
}
