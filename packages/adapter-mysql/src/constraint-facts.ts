import type { ErrorInfo } from "@nsj/mdb-core";

type Facts = Pick<ErrorInfo, "constraint" | "table" | "columns">;

/**
 * The names of what was violated stand in the message and nowhere else, whatever language the words around them are in (`lc_messages`). So the patterns look at quotes
 * only, and at the end first: a duplicate value may have quotes of its own.
 */
export function constraintFacts(code: number, message: string): Facts {
  switch (code) {
    case 1062: // Duplicate entry '...' for key 'table.key'
    case 1586:
      return duplicate(message);
    case 1451: // ... (`schema`.`table`, CONSTRAINT `name` FOREIGN KEY (`column`) REFERENCES ...)
    case 1452:
      return foreignKey(message);
    case 1048: // Column 'name' cannot be null
    case 1364: {
      const [, column] = /'([^']+)'/.exec(message) ?? [];
      return column === undefined ? {} : { columns: [column] };
    }
    case 4025: {
      // CONSTRAINT `name` failed for `schema`.`table`
      const [, name, table] = /`([^`]+)`[^`]+`[^`]+`\.`([^`]+)`/.exec(message) ?? [];
      return name === undefined || table === undefined ? {} : { constraint: name.replace(/^.*\./, ""), table };
    }
    case 3819: {
      const [, constraint] = /'([^']+)'/.exec(message) ?? [];
      return constraint === undefined ? {} : { constraint };
    }
    default:
      return {};
  }
}

function duplicate(message: string): Facts {
  const [, key] = /'([^']+)'$/.exec(message) ?? [];
  if (key === undefined) return {};
  const dot = key.lastIndexOf(".");
  return dot < 0 ? { constraint: key } : { constraint: key.slice(dot + 1), table: key.slice(0, dot) };
}

function foreignKey(message: string): Facts {
  const [, table, constraint, list] = /`([^`]+)`, CONSTRAINT `([^`]+)` FOREIGN KEY \(([^)]+)\)/.exec(message) ?? [];
  if (table === undefined || constraint === undefined || list === undefined) return {};
  return { table, constraint, columns: [...list.matchAll(/`([^`]+)`/g)].map(([, column]) => String(column)) };
}
