import type { BackingWork } from "./backing-work.ts";
import { type FailedStatement, oracleErrorFrom } from "./postgres-errors.ts";

/** What became of the rows of an array of binds. */
export interface ArrayOutcome {
  /** Rows changed per row of binds, up to the last one that was tried. */
  readonly counts: readonly number[];
  readonly failures: readonly { readonly index: number; readonly error: unknown }[];
}

/**
 * Runs one command per row of binds, all in one round trip. Each fails by itself; `goOn`: the rows behind it are tried all the same.
 */
export async function runArray(
  work: BackingWork,
  about: FailedStatement,
  commands: readonly string[],
  goOn: boolean,
): Promise<ArrayOutcome> {
  const { rows: outcomes } = await work.run({
    text: "SELECT place, number, code, message, table_name, column_name, constraint_name FROM ora.run_array($1::text::json, $2)",
    values: [JSON.stringify(commands), goOn ? "t" : "f"],
  });
  const counts: number[] = [];
  const failures: { index: number; error: unknown }[] = [];
  for (const [place, number, code, message, table, column, constraint] of outcomes) {
    counts.push(Number(number));
    if (code === null) continue;
    const error = Object.assign(new Error(message ?? ""), {
      code,
      table: table ?? "",
      column: column ?? "",
      constraint: constraint ?? "",
    });
    failures.push({ index: Number(place), error: oracleErrorFrom(error, about) });
  }
  return { counts, failures };
}

/** Runs each of the commands, and tells how many rows it changed or how it failed. */
export const arraySetup = `
  CREATE FUNCTION ora.run_array(commands json, go_on boolean)
    RETURNS TABLE (place int, number int8, code text, message text, table_name text, column_name text, constraint_name text)
    LANGUAGE plpgsql AS $$
    DECLARE command text;
    BEGIN
      place := -1;
      FOR command IN SELECT pg_catalog.json_array_elements_text(commands) LOOP
        place := place + 1;
        number := 0; code := NULL; message := NULL; table_name := NULL; column_name := NULL; constraint_name := NULL;
        BEGIN
          EXECUTE command;
          GET DIAGNOSTICS number = ROW_COUNT;
        EXCEPTION WHEN OTHERS THEN
          GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, table_name = TABLE_NAME,
            column_name = COLUMN_NAME, constraint_name = CONSTRAINT_NAME;
        END;
        RETURN NEXT;
        EXIT WHEN code IS NOT NULL AND NOT go_on;
      END LOOP;
    END $$;`;
