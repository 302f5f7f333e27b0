import { arrayOf, builtInTypes, type TypeFacts, unknownType } from "./types.ts";

// For an array, `root` is its element's type, or what that is a domain over. Every name is qualified: search_path is not ours.
const text = `
select t.oid::pg_catalog.int8, t.typname, e.typname, e.typdelim, (
  with recursive chain (oid, typtype, typbasetype) as (
    select e.oid, e.typtype, e.typbasetype
    union all
    select b.oid, b.typtype, b.typbasetype
    from chain join pg_catalog.pg_type b on b.oid operator(pg_catalog.=) chain.typbasetype
    where chain.typtype operator(pg_catalog.=) 'd')
  select chain.oid::pg_catalog.int8 from chain where chain.typtype operator(pg_catalog.<>) 'd' limit 1)
from pg_catalog.pg_type t
left join pg_catalog.pg_type e
  on e.oid operator(pg_catalog.=) t.typelem and t.typcategory operator(pg_catalog.=) 'A'
  and t.typlen operator(pg_catalog.=) '-1'::pg_catalog.int2
where t.oid operator(pg_catalog.=) any($1::pg_catalog.oid[])`;

/**
 * The statement that asks what these types are: enumerations, domains' arrays, types of extensions. Their values stay text; what is
 * gained is their names, and arrays that are arrays.
 */
export function typeLookUp(oids: readonly number[]): { readonly text: string; readonly values: readonly string[] } {
  return { text, values: [`{${oids.join(",")}}`] };
}

/** Reads the rows of {@link typeLookUp}. */
export function typesFrom(rows: readonly (readonly unknown[])[]): ReadonlyMap<number, TypeFacts> {
  const found = new Map<number, TypeFacts>();
  for (const [oid, name, elementName, delimiter, root] of rows as readonly (readonly (string | null)[])[]) {
    if (elementName === null || elementName === undefined) {
      found.set(Number(oid), { ...unknownType, name: name ?? "" });
      continue;
    }
    const element: TypeFacts = {
      ...(builtInTypes.get(Number(root)) ?? unknownType),
      delimiter: delimiter === ";" ? ";" : ",",
    };
    found.set(Number(oid), arrayOf(element, elementName));
  }
  return found;
}
