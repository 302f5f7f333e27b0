import type { Session } from "./session.ts";

/** One parameter as the routine declares it. */
export interface RoutineParameter {
  /** Empty where it has none. */
  readonly name: string;
  readonly mode: "in" | "out" | "inout" | "variadic";
}

/** A procedure or function as the server knows it. */
export interface Routine {
  readonly isProcedure: boolean;
  readonly parameters: readonly RoutineParameter[];
  /** `rows`: a set, or a composite value; `out`: its output parameters; `value`: one value; `nothing`: void. */
  readonly gives: "rows" | "out" | "value" | "nothing";
}

const text = `
select p.prokind, p.proretset, t.typtype, p.prorettype::pg_catalog.int8,
  coalesce(p.proargmodes::pg_catalog.text[], pg_catalog.array_fill('i'::pg_catalog.text, array[p.pronargs::pg_catalog.int4])),
  p.proargnames::pg_catalog.text[]
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid operator(pg_catalog.=) p.pronamespace
join pg_catalog.pg_type t on t.oid operator(pg_catalog.=) p.prorettype
where p.proname operator(pg_catalog.=) $2 and p.prokind operator(pg_catalog.<>) 'a'
  and case when $1::pg_catalog.text is null then pg_catalog.pg_function_is_visible(p.oid)
    else n.nspname operator(pg_catalog.=) $1::pg_catalog.name end
order by p.oid`;

const modes: Readonly<Record<string, RoutineParameter["mode"]>> = { i: "in", o: "out", b: "inout", v: "variadic" };
const voidOid = 2278;

/**
 * Looks up the procedures and functions of a name: whether CALL or SELECT runs them, and what they give, cannot be told from the
 * name. Remembered per connection.
 */
export class Routines {
  readonly #known = new Map<string, readonly Routine[]>();

  /** Those of this name, in the given schema or on the search path. */
  async find(session: Session, name: readonly string[]): Promise<readonly Routine[]> {
    const key = JSON.stringify(name);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const values = [name.length > 1 ? (name.at(-2) ?? null) : null, name.at(-1) ?? ""];
    const { rows } = await session.statement({ text, values, types: undefined, key: text });
    const found = rows.map((row) => routine(row));
    if (found.length > 0) this.#known.set(key, found);
    return found;
  }

  /** Forgets a name: it may mean something else by now. */
  forget(name: readonly string[]): void {
    this.#known.delete(JSON.stringify(name));
  }
}

function routine([kind, isSet, resultKind, resultOid, argumentModes, names]: unknown[]): Routine {
  const parameters: RoutineParameter[] = [];
  for (const [index, mode] of (argumentModes as string[]).entries()) {
    // `t` is a column of RETURNS TABLE and no parameter.
    if (mode === "t") continue;
    parameters.push({ name: (names as string[] | null)?.[index] ?? "", mode: modes[mode] ?? "in" });
  }
  const isProcedure = kind === "p";
  const hasOut = parameters.some(({ mode }) => mode === "out" || mode === "inout");
  const givesRows = isSet === true || (resultKind === "c" && !hasOut);
  const gives =
    hasOut && !givesRows
      ? "out"
      : givesRows
        ? "rows"
        : Number(resultOid) === voidOid || isProcedure
          ? "nothing"
          : "value";
  return { isProcedure, parameters, gives };
}
