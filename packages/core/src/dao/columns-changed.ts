import { UndefinedObjectError, ValueError } from "../errors/index.ts";

/** A table's columns are others than those by which a statement was made. Never reaches a caller. */
export class ColumnsChanged extends Error {}

/** What a table's columns are has to be known for this call. Thrown before anything is sent; never reaches a caller. */
export class ColumnsNeeded extends Error {}

/** Errors of a statement that the known columns may have led astray. */
export function isAboutColumns(error: unknown): boolean {
  return error instanceof ColumnsChanged || error instanceof UndefinedObjectError || error instanceof ValueError;
}
