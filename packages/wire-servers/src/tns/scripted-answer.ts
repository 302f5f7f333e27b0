import type { OracleColumn, OracleValue } from "./values/oracle-type.ts";

/**
 * What a script makes of a call. Calls that are no statement are known as `CONNECT`, `LOGIN`, `COMMIT`, `ROLLBACK`, `PING`, `FETCH`
 * and `LOGOFF`; a script can make the first two fail or hang, and end a login.
 *
 * - `error`: the call fails with this number; nothing else happens.
 * - `rows`, `count`: the call succeeds with this, and the database is not asked.
 * - `hang`: no answer until the client breaks the call or leaves.
 * - `cut`: the connection ends; with `afterwards` once the database has done what was asked.
 */
export type ScriptedAnswer =
  | { readonly kind: "error"; readonly number: number; readonly words: string; readonly position?: number }
  | {
      readonly kind: "rows";
      readonly columns: readonly (Pick<OracleColumn, "name" | "type"> & Partial<OracleColumn>)[];
      readonly rows: readonly (readonly OracleValue[])[];
    }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "hang" }
  | { readonly kind: "cut"; readonly ending?: "end" | "reset"; readonly afterwards?: boolean };
