import type { Plans } from "@nsj/mdb-core";

/**
 * The plan that the server keeps of what it ran last: a text without parameters as it stands, one with them behind their declarations. The same text may have run in
 * other databases of the server. Needs VIEW SERVER STATE, from SQL Server 2022 on VIEW SERVER PERFORMANCE STATE.
 */
const question = `select top (1) convert(nvarchar(max), shown.query_plan) as query_plan
from sys.dm_exec_query_stats as ran
cross apply sys.dm_exec_plan_attributes(ran.plan_handle) as place
cross apply sys.dm_exec_sql_text(ran.sql_handle) as known
cross apply sys.dm_exec_query_plan(ran.plan_handle) as shown
where place.attribute = N'dbid' and convert(int, place.value) = db_id() and shown.query_plan is not null
  and (known.text = @p1 collate Latin1_General_100_BIN2
    or (known.text like N'(@p1 %' and right(known.text, datalength(@p1) / 2) = @p1 collate Latin1_General_100_BIN2))
order by ran.last_execution_time desc`;

/** An operator that reads a whole table, up to the table that it names, and not as far as the next operator. */
const scan =
  /<RelOp\b[^>]*\bPhysicalOp="(?:Table|Clustered Index) Scan"(?:(?!<RelOp\b)[\s\S])*?<Object\b[^>]*\bTable="\[((?:[^\]"]|\]\])*)\]"/g;

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

/** SQL Server shows the plans that it holds; it is not asked to plan, since the setting for that would keep whoever comes next from running anything. */
export const plans: Plans = Object.freeze<Plans>({
  basis: "last-run",
  ask: (text) => [{ text: question, values: [text] }],
  read({ rows }) {
    const text = rows[0]?.[0];
    if (typeof text !== "string") return undefined;
    const names = Array.from(text.matchAll(scan), ([, name = ""]) =>
      name.replaceAll("]]", "]").replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity),
    );
    return { text, scans: [...new Set(names)] };
  },
});
