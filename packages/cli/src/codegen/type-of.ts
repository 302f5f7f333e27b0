import type { LogicalType, ScalarLogicalType, TypeOptions } from "@nsj/mdb-core";

/** The forms that a database's `types` option has chosen. */
export type TypeForms = Partial<Omit<TypeOptions, "columnCase">>;

/** A column's type as its driver tells it. */
export interface ToldType {
  readonly type: LogicalType;
  /** The engine's name of it. */
  readonly databaseType: string;
  /** Its digits, where the driver tells them. */
  readonly precision: number | undefined;
}

/** The TypeScript of a column's values; `undefined` where the type contract does not say what they are. */
export function typeOf(told: ToldType, forms: TypeForms = {}): string | undefined {
  if (told.type.endsWith("[]")) {
    const element = typeOf({ ...told, type: told.type.slice(0, -2) as LogicalType }, forms);
    return element === undefined ? undefined : `readonly (${element} | null)[]`;
  }
  return scalar(told.type as ScalarLogicalType, holdsBigint(told), forms);
}

/** Whether an integer of it may be beyond what a number holds. */
function holdsBigint({ databaseType, precision = 0 }: ToldType): boolean {
  const bits = Number(/^bit\((\d+)\)$/i.exec(databaseType)?.[1] ?? 0);
  return /^_?(?:int8|bigint|bigserial)/i.test(databaseType) || precision > 15 || bits > 53;
}

function scalar(
  type: ScalarLogicalType,
  big: boolean,
  { bigint = "auto", decimal = "string", date = "string", timestamp = "date", json = "parsed" }: TypeForms,
): string | undefined {
  switch (type) {
    case "integer":
      if (bigint !== "auto") return bigint;
      return big ? "number | bigint" : "number";
    case "decimal":
      return decimal;
    case "float":
      return "number";
    case "boolean":
      return "boolean";
    case "string":
    case "time":
    case "uuid":
    case "interval":
      return "string";
    case "bytes":
      return "Buffer";
    case "date":
      return date === "date" ? "Date" : "string";
    case "timestamp":
    case "timestamptz":
      return timestamp === "date" ? "Date" : "string";
    case "json":
      return json === "parsed" ? "unknown" : "string";
    case "any":
    case "dynamic":
      return undefined;
  }
}
